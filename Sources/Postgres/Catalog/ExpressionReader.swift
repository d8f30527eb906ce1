public import Schema

/// Normalizes definition texts: a temporary database parses them, and the reader returns the text that PostgreSQL
/// generates. Two texts with the same meaning then become equal.
public enum ExpressionReader {
    /// The normalized form of each text. A text that the database rejects, for example because a column does not exist,
    /// is omitted. All changes are rolled back.
    ///
    /// - Parameter session: connected to a database with the schema that the texts belong to, as a role that may change
    ///   it.
    /// - Throws: when the connection is lost or the body is canceled.
    public static func readBack(
        _ texts: [ExpressionText], _ session: Session
    ) throws(PostgresError) -> [ExpressionText: String] {
        try session.transaction { () throws(PostgresError) in
            try session.query(CatalogSQL.settings)
            var normalized: [ExpressionText: String] = [:]
            for text in texts {
                try session.query("SAVEPOINT expression")
                do throws(PostgresError) {
                    normalized[text] = try session.readBack(text)
                } catch {
                    guard error.kind == .server || error.kind == .permissionDenied else { throw error }
                }
                try session.query("ROLLBACK TO SAVEPOINT expression")
            }
            return normalized
        }
    }
}

extension Session {
    /// The name of the temporary object, which is never committed.
    private static let name = "schemad expression"
    private static let quotedName = SQLIdentifier.quoted(name)

    fileprivate func readBack(_ expression: ExpressionText) throws(PostgresError) -> String? {
        let text = expression.text
        switch expression.context {
        case .columnDefault(let table, let column):
            try query("ALTER TABLE \(table.sql()) ALTER \(SQLIdentifier.quoted(column)) SET DEFAULT \(text)")
            return try columnExpression(table, column)
        case .generatedColumn(let table, let column):
            guard let type = try columnType(table, column) else { return nil }
            try query("ALTER TABLE \(table.sql()) ADD \(Self.quotedName) \(type) GENERATED ALWAYS AS (\(text)) STORED")
            return try columnExpression(table, Self.name)
        case .constraint(let table): return try constraint("TABLE", table, text)
        case .domainCheck(let domain): return try constraint("DOMAIN", domain, text)
        case .domainDefault(let domain):
            try query("ALTER DOMAIN \(domain.sql()) SET DEFAULT \(text)")
            return try query(
                """
                SELECT pg_catalog.pg_get_expr(typdefaultbin, 0) FROM pg_catalog.pg_type
                WHERE oid = pg_catalog.to_regtype($1)
                """, [domain.sql()]
            ).value
        case .index(let table):
            try query("CREATE INDEX \(Self.quotedName) ON \(table.sql()) \(text)")
            let index = TableName(schema: table.schema, name: Self.name).sql()
            return try query("SELECT pg_catalog.pg_get_indexdef(pg_catalog.to_regclass($1))", [index]).value
                .map { Self.part(of: $0) { $0.fromUsing } }
        case .policy(let table):
            try query("CREATE POLICY \(Self.quotedName) ON \(table.sql()) USING (\(text))")
            return try query(
                """
                SELECT pg_catalog.pg_get_expr(polqual, polrelid) FROM pg_catalog.pg_policy
                WHERE polrelid = pg_catalog.to_regclass($1) AND polname = $2
                """, [table.sql(), Self.name]
            ).value
        case .trigger(let table): return try trigger(table, text)
        case .view(let view):
            let copy = TableName(schema: view.schema, name: Self.name).sql()
            try query("CREATE VIEW \(copy) AS \(text)")
            return try query("SELECT pg_catalog.pg_get_viewdef(pg_catalog.to_regclass($1))", [copy]).value
        case .routine(let schema, let signature):
            try query(text)
            return try query(
                "SELECT pg_catalog.pg_get_functiondef(pg_catalog.to_regprocedure($1))",
                [SQLIdentifier.quoted(schema) + "." + signature]
            ).value
        }
    }

    /// NOT VALID, so that rows which violate a check do not matter.
    private func constraint(
        _ kind: String, _ name: TableName, _ text: String
    ) throws(PostgresError) -> String? {
        let validity = text.hasPrefix("CHECK") ? " NOT VALID" : ""
        try query("ALTER \(kind) \(name.sql()) ADD CONSTRAINT \(Self.quotedName) \(text)\(validity)")
        let owner = kind == "TABLE" ? "conrelid = pg_catalog.to_regclass($1)" : "contypid = pg_catalog.to_regtype($1)"
        return try query(
            "SELECT pg_catalog.pg_get_constraintdef(oid) FROM pg_catalog.pg_constraint WHERE \(owner) AND conname = $2",
            [name.sql(), Self.name]
        ).value.map { Self.part(of: $0) { $0.withoutNotValid } }
    }

    /// The text contains the trigger's name, so existing triggers are dropped first.
    private func trigger(_ table: TableName, _ text: String) throws(PostgresError) -> String? {
        let own = "tgrelid = pg_catalog.to_regclass($1) AND NOT tgisinternal"
        let old = try query(
            "SELECT tgname, oid FROM pg_catalog.pg_trigger WHERE \(own) AND tgparentid = 0", [table.sql()])
        for case let name? in old.values.map({ $0[0] }) {
            try query("DROP TRIGGER \(SQLIdentifier.quoted(name)) ON \(table.sql())")
        }
        try query(text)
        return try query(
            """
            SELECT pg_catalog.pg_get_triggerdef(oid) FROM pg_catalog.pg_trigger
            WHERE \(own) AND tgparentid = 0
            """, [table.sql()]
        ).value
    }

    private func columnType(_ table: TableName, _ column: String) throws(PostgresError) -> String? {
        try query(
            """
            SELECT pg_catalog.format_type(atttypid, atttypmod) FROM pg_catalog.pg_attribute
            WHERE attrelid = pg_catalog.to_regclass($1) AND attname = $2
            """, [table.sql(), column]
        ).value
    }

    private func columnExpression(_ table: TableName, _ column: String) throws(PostgresError) -> String? {
        try query(
            """
            SELECT pg_catalog.pg_get_expr(d.adbin, d.adrelid) FROM pg_catalog.pg_attrdef d
            JOIN pg_catalog.pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
            WHERE d.adrelid = pg_catalog.to_regclass($1) AND a.attname = $2
            """, [table.sql(), column]
        ).value
    }

    private static func part(of text: String, _ range: (Span<UInt8>) -> Range<Int>) -> String {
        let bytes = Array(text.utf8)
        return String(decoding: bytes[range(bytes.span)], as: UTF8.self)
    }
}
