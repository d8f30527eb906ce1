import Text

/// A text that contains an expression, with its context: what a server parses again before two texts are compared.
///
/// PostgreSQL prints an expression in its own form, and a restored dump prints differently from the original (`IN`
/// lists, casts, parentheses). Parsed and printed once more by one server, equal expressions have equal texts.
public struct ExpressionText: Codable, Hashable, Sendable {
    /// What the text is part of, and so how a shadow server parses it: in a transaction that is rolled back, in a
    /// database with the schema of the migrations.
    public enum Context: Codable, Hashable, Sendable {
        /// `ALTER TABLE … ALTER COLUMN … SET DEFAULT text`, then `pg_get_expr`.
        case columnDefault(table: TableName, column: String)
        /// `ALTER TABLE … ADD COLUMN … GENERATED ALWAYS AS (text) STORED` of the same type, then `pg_get_expr`.
        case generatedColumn(table: TableName, column: String)
        /// `ALTER TABLE … ADD text`, then `pg_get_constraintdef`. Check and exclusion constraints only.
        case constraint(table: TableName)
        /// `CREATE INDEX ON … text`, then `pg_get_indexdef` from `USING` on.
        case index(table: TableName)
        /// `CREATE POLICY … ON … USING (text)`, then `pg_get_expr` of `polqual`.
        case policy(table: TableName)
        /// The text is a statement; it runs with another trigger name, then `pg_get_triggerdef`.
        case trigger(table: TableName)
        /// `CREATE VIEW … AS text`, then `pg_get_viewdef`. Also for materialized views.
        case view(TableName)
        /// `ALTER DOMAIN … SET DEFAULT text`, then `pg_get_expr`.
        case domainDefault(TableName)
        /// `ALTER DOMAIN … ADD text`, then `pg_get_constraintdef`.
        case domainCheck(TableName)
        /// The text is a statement (`CREATE OR REPLACE`); it runs, then `pg_get_functiondef`. Only bodies in the SQL
        /// standard's form (`BEGIN ATOMIC`): PostgreSQL keeps all others as they were written.
        case routine(schema: String, signature: String)
    }

    public var context: Context
    /// The text of one of the sides.
    public var text: String

    public init(_ context: Context, _ text: String) {
        self.context = context
        self.text = text
    }

    public static func == (left: ExpressionText, right: ExpressionText) -> Bool {
        left.text.hasSameBytes(as: right.text) && left.context == right.context
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(context)
        hasher.combine(text)
    }
}
