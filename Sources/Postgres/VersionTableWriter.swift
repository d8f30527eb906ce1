import Schema

/// Changes the version table's rows, all or none, and only when they are what the plan was made for.
public enum VersionTableWriter {
    /// What a plan expects to find.
    public enum Expectation: Codable, Hashable, Sendable {
        /// No table: it is created as Alembic 1.20 would create it.
        case missing
        /// A table with these rows, in any order.
        case rows([String?])
    }

    /// Applies the changes in one transaction: locks the table against other writers, reads the rows again, compares
    /// them with what the plan expects, changes them, and reads them once more before COMMIT.
    ///
    /// - Returns: the rows afterwards, in the order of `VersionTable.rows`.
    /// - Throws: `changedMeanwhile` when table or rows are not what was expected (nothing was changed), `lockTimeout`,
    ///   `permissionDenied`; `connectionLost` may mean that the changes were made: read the rows again.
    public static func apply(
        _ changes: [VersionTableChange], schema: String, name: String, expecting: Expectation, in session: Session
    ) throws(PostgresError) -> [String?] {
        let table = VersionTableReader.sqlName(schema, name)
        return try session.transaction { () throws(PostgresError) in
            let before = try prepare(table, schema, name, expecting, session)
            var wanted: [String?] = before
            for change in changes {
                guard let next = change.applied(to: wanted) else {
                    throw moved("a row to \(change.kind.rawValue) is not there", table, wanted)
                }
                wanted = next
                var values: [String?] = []
                let statement = change.statement(table: table) { value in
                    values.append(value)
                    return "$\(values.count)"
                }
                try session.query(statement, values)
            }
            let after = try rows(table, session)
            guard after == VersionTable.sorted(wanted) else {
                // A trigger or rule of the application, most likely.
                throw moved("the table did not take the changes as they were made", table, after)
            }
            return after
        }
    }

    /// The same as text, for people: one statement an element, values written out.
    public static func sql(
        _ changes: [VersionTableChange], schema: String, name: String, expecting: Expectation
    ) -> [String] {
        let table = VersionTableReader.sqlName(schema, name)
        let opening = expecting == .missing ? create(table, name) : lock(table)
        let statements = changes.map { change in change.statement(table: table, value: SQLLiteral.quoted) }
        return ["BEGIN", opening] + statements + ["COMMIT"]
    }

    private static func prepare(
        _ table: String, _ schema: String, _ name: String, _ expecting: Expectation, _ session: Session
    ) throws(PostgresError) -> [String?] {
        guard case .rows(let expected) = expecting else {
            do {
                try session.query(create(table, name))
            } catch {
                guard error.sqlstate == "42P07" else { throw error }
                throw PostgresError(
                    kind: .changedMeanwhile, message: "\(table) was missing and is there now.", hint: "Plan again.")
            }
            return []
        }
        do {
            try session.query(lock(table))
        } catch {
            // No such table, no such schema, not a table.
            guard ["42P01", "3F000", "42809"].contains(error.sqlstate) else { throw error }
            throw PostgresError(
                kind: .changedMeanwhile, message: "\(table) is not there any more as a table.", hint: "Plan again.")
        }
        // LOCK TABLE takes views as well.
        let kind = try session.query(
            """
            SELECT c.relkind FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = $1 AND c.relname = $2
            """, [schema, name])
        guard ["r", "p"].contains(kind.value) else { throw moved("it is no table", table, []) }
        let found = try rows(table, session)
        guard found == VersionTable.sorted(expected) else { throw moved("its rows are others now", table, found) }
        return found
    }

    private static func rows(_ table: String, _ session: Session) throws(PostgresError) -> [String?] {
        let rows = try session.query("SELECT version_num FROM \(table) LIMIT \(VersionTableReader.rowLimit)")
        return VersionTable.sorted(rows.values.map { $0[0] })
    }

    private static func moved(_ what: String, _ table: String, _ rows: [String?]) -> PostgresError {
        let list = rows.prefix(10).map { $0.map(SQLLiteral.quoted) ?? "NULL" }.joined(separator: ", ")
        return PostgresError(
            kind: .changedMeanwhile, message: "\(table) is not what the plan was made for: \(what).",
            detail: "Its rows: \(list.isEmpty ? "none" : list).", hint: "Nothing was changed. Plan again.")
    }

    /// Conflicts with every writer, Alembic's included, and with itself; readers go on.
    private static func lock(_ table: String) -> String {
        "LOCK TABLE \(table) IN SHARE ROW EXCLUSIVE MODE"
    }

    /// `MigrationContext._ensure_version_table` of Alembic 1.20.
    private static func create(_ table: String, _ name: String) -> String {
        "CREATE TABLE \(table) (version_num VARCHAR(32) NOT NULL, "
            + "CONSTRAINT \(SQLIdentifier.quoted(name + "_pkc")) PRIMARY KEY (version_num))"
    }
}
