/// A text with an expression in it, and where it stands: what has to be parsed again before two of them are compared.
///
/// PostgreSQL words an expression anew when it is read back, and a dump that was restored words it otherwise than the
/// original (`IN` lists, casts, brackets). Read back once more by one and the same server, equal expressions have equal
/// texts.
public struct ExpressionText: Codable, Hashable, Sendable {
    /// What the text is part of, and so how a shadow parses it: inside a transaction that is rolled back, in a database
    /// whose schema is that of the migrations.
    public enum Context: Codable, Hashable, Sendable {
        /// `ALTER TABLE … ALTER COLUMN … SET DEFAULT text`, then `pg_get_expr`.
        case columnDefault(table: TableName, column: String)
        /// `ALTER TABLE … ADD COLUMN … GENERATED ALWAYS AS (text) STORED` of the same type, then `pg_get_expr`.
        case generatedColumn(table: TableName, column: String)
        /// `ALTER TABLE … ADD text`, then `pg_get_constraintdef`. Checks and exclusions only.
        case constraint(table: TableName)
        /// `CREATE INDEX ON … text`, then `pg_get_indexdef` from `USING` on.
        case index(table: TableName)
        /// `CREATE POLICY … ON … USING (text)`, then `pg_get_expr` of `polqual`.
        case policy(table: TableName)
        /// The text, which is a whole statement, under another name; then `pg_get_triggerdef`.
        case trigger(table: TableName)
        /// `CREATE VIEW … AS text`, then `pg_get_viewdef`. For materialized views too.
        case view(TableName)
        /// `ALTER DOMAIN … SET DEFAULT text`, then `pg_get_expr`.
        case domainDefault(TableName)
        /// `ALTER DOMAIN … ADD text`, then `pg_get_constraintdef`.
        case domainCheck(TableName)
        /// The text, which is a whole statement (`CREATE OR REPLACE`); then `pg_get_functiondef`. Only bodies in the SQL
        /// standard's form (`BEGIN ATOMIC`) are ever reworded, and only they are asked for.
        case routine(schema: String, signature: String)
    }

    public var context: Context
    /// As one of the sides has it.
    public var text: String

    public init(_ context: Context, _ text: String) {
        self.context = context
        self.text = text
    }

    public static func == (left: ExpressionText, right: ExpressionText) -> Bool {
        left.text.isIdentical(to: right.text) && left.context == right.context
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(context)
        hasher.combine(text)
    }
}
