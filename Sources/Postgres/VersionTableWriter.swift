public import Schema

/// Changes the rows of a version table, all or none, and only if the table is still as the plan found it.
public enum VersionTableWriter {
    /// Applies the update in one transaction: takes the fence, locks the table against other writers, reads the rows
    /// again, compares them with the expected ones, changes them, and reads them once more before COMMIT.
    ///
    /// - Returns: the rows after the update, in the order of `VersionTable.rows`.
    /// - Throws: `changedMeanwhile` when the table or its rows are not as expected (nothing was changed), `lockTimeout`,
    ///   `permissionDenied`. After `connectionLost` the changes may have been committed: read the rows again.
    public static func apply(
        _ update: VersionTableUpdate, in session: Session
    ) throws(PostgresError) -> [String?] {
        try session.transaction { () throws(PostgresError) in
            try Locks.joinFence(session)
            return try change(update, in: session)
        }
    }

    /// The same in the open transaction, whose COMMIT and fence are the caller's.
    public static func change(
        _ update: VersionTableUpdate, in session: Session
    ) throws(PostgresError) -> [String?] {
        let table = update.table
        var wanted: [String?] = try prepare(update, session)
        for change in update.changes {
            guard let next = change.applied(to: wanted) else {
                throw mismatch("there is no row to \(change.kind.rawValue)", table, wanted)
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
            // Most likely a trigger or rule of the application.
            throw mismatch("after the changes its rows are not the intended ones", table, after)
        }
        return after
    }

    /// Creates or locks the table and returns its rows, after comparing them with the expected ones.
    private static func prepare(_ update: VersionTableUpdate, _ session: Session) throws(PostgresError) -> [String?] {
        let table = update.table
        guard case .rows(let expected) = update.expectation else {
            do {
                try session.query(update.createStatement)
            } catch {
                guard error.sqlstate == "42P07" else { throw error }
                throw PostgresError(
                    kind: .changedMeanwhile,
                    message: "\(table) did not exist when the plan was made, and exists now.", hint: planAgain)
            }
            return []
        }
        do {
            try session.query(update.lockStatement)
        } catch {
            // No such table, no such schema, not a table.
            guard ["42P01", "3F000", "42809"].contains(error.sqlstate) else { throw error }
            throw PostgresError(
                kind: .changedMeanwhile, message: "\(table) no longer exists as a table.", hint: planAgain)
        }
        // LOCK TABLE accepts views as well.
        let kind = try session.query(
            """
            SELECT c.relkind FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = $1 AND c.relname = $2
            """, [update.schema, update.name])
        guard ["r", "p"].contains(kind.value) else { throw mismatch("it is not a table", table, []) }
        let found = try rows(table, session)
        guard found == VersionTable.sorted(expected) else { throw mismatch("its rows have changed", table, found) }
        return found
    }

    private static func rows(_ table: String, _ session: Session) throws(PostgresError) -> [String?] {
        let rows = try session.query("SELECT version_num FROM \(table) LIMIT \(VersionTableReader.rowLimit)")
        return VersionTable.sorted(rows.values.map { $0[0] })
    }

    private static let planAgain = "Nothing was changed. Make a new plan."

    private static func mismatch(_ what: String, _ table: String, _ rows: [String?]) -> PostgresError {
        let list = rows.prefix(10).map { $0.map(SQLLiteral.quoted) ?? "NULL" }.joined(separator: ", ")
        return PostgresError(
            kind: .changedMeanwhile, message: "\(table) does not match the plan: \(what).",
            detail: "Its rows: \(list.isEmpty ? "none" : list).", hint: planAgain)
    }
}
