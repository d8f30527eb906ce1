import Revisions

extension Rule {
    static let rowsNull = Rule(
        code: "version.rows.null",
        severities: [.error],
        page: Page(
            title: "a version row is NULL",
            problem: """
                The version table has a NULL row. This is possible only if its primary key is missing. alembic \
                current prints a blank line and exits 0. upgrade and stamp exit 0 and never remove the row.
                """,
            evidence: "A row whose version_num is NULL.",
            remedy: """
                adminctl fixVersion plans to delete it; adminctl fixVersion --apply deletes it. If no other row \
                names a revision, find the revision that matches the schema and name it with --to.
                """)
    ) { context, code in
        context.rowsWithoutValue(.null, code, "a NULL row", "NULL rows")
    }
}

extension RuleContext {
    /// One result for all rows that are NULL or blank.
    ///
    /// - Parameters:
    ///   - what: completes "The table has …" for one row.
    ///   - plural: the same for several, without their number.
    func rowsWithoutValue(
        _ fault: RowClassification.Fault, _ code: String, _ what: String, _ plural: String
    ) -> [RuleResult] {
        let count = faultyRows(fault).count
        guard count > 0 else { return [] }
        let alone = hasNoVersionRows
        return [
            RuleResult(
                code, .error, .corrupt,
                "\(versionTableSQL) has \(count == 1 ? what : "\(count) \(plural)")"
                    + (alone ? " and no row that names a revision." : "."),
                evidence: ["\(count) of \(rows?.rows.count ?? 0) rows"],
                remedy: alone ? explicitRows() : repair())
        ]
    }
}
