import Revisions

extension Rule {
    static let rowsNull = Rule(
        code: "version.rows.null",
        page: Page(
            title: "a row is NULL",
            problem: """
                The version table has a NULL row, which is possible only without its primary key. alembic current \
                shows a blank and exits 0; upgrade and stamp exit 0 and keep it for ever.
                """,
            evidence: "A row whose version_num is NULL.",
            remedy: """
                adminctl fixVersion plans to delete it, adminctl fixVersion --apply does it. Where no other row \
                names a revision, the revision that the schema corresponds to has to be named with --to.
                """)
    ) { situation, code in
        situation.valuelessRow(.null, code, "a NULL row")
    }
}

extension Situation {
    /// One observation for all rows that carry no value at all.
    func valuelessRow(_ fault: RowClassification.Fault, _ code: String, _ what: String) -> [Observation] {
        let count = faultyRows(fault).count
        guard count > 0 else { return [] }
        let alone = hasNoVersionRows
        return [
            Observation(
                code, .error, .corrupt,
                "\(versionTableSQL) has \(what)\(count > 1 ? ", \(count) times" : "")"
                    + (alone ? ", and no row that names a revision." : "."),
                evidence: ["\(count) of \(rows?.rows.count ?? 0) rows"],
                remedy: alone ? explicitRows() : repair())
        ]
    }
}
