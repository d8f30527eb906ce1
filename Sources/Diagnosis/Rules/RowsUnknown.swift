import Revisions

extension Rule {
    static let rowsUnknown = Rule(
        code: "version.rows.unknown",
        page: Page(
            title: "a row names a revision that the project does not have",
            problem: """
                No revision of the script folder has the row's id, and no unique revision starts with it. Every \
                Alembic command fails with "Can't locate revision identified by". Usually newer code has migrated \
                the database; sometimes a revision's file was deleted or renamed after it had run.
                """,
            evidence: "The row, and the ids of the script folder.",
            remedy: """
                Bring the revision's file back, by deploying the code that has it or from version control. \
                fixVersion refuses such a row unless --to names what to record instead: what its revision did to the \
                schema is still there, and without the row the same DDL may run again.
                """)
    ) { situation, code in
        situation.faultyRows(.unknown).map { row in
            let value = row.value ?? ""
            let looksLikeRevision = looksLikeRevision(value)
            return Observation(
                code, .error, looksLikeRevision ? .ahead : .corrupt,
                "Row \(TerminalText.row(row.value)) of \(situation.versionTableSQL) is no revision of this project.",
                evidence: ["no script of \(situation.facts.graph?.revisions.count ?? 0) has this id"],
                remedy: looksLikeRevision
                    ? [
                        "# Deploy the code that has this revision, or find the commit that had it, in the project:",
                        "git log --all --oneline -S\(ShellWord.quoted(value)) -- .",
                    ]
                    : [
                        "# It cannot be an id at all; record the revision that the schema corresponds to instead:",
                        situation.adminctl("graph"),
                        situation.adminctl("fixVersion --to REVISION"),
                        situation.adminctl("fixVersion --to REVISION --apply"),
                    ])
        }
    }
}

extension Situation {
    /// The rows with one fault, in the order in which they were read.
    func faultyRows(_ fault: RowClassification.Fault) -> [RowClassification.Row] {
        isReachable ? rows?.rows.filter { $0.fault == fault } ?? [] : []
    }

    /// The remedy for a row that `fixVersion` repairs on its own evidence.
    func repair() -> [String] {
        (hasRefusedRows ? ["# First settle the rows that are unknown, symbolic or partial; then:"] : [])
            + [adminctl("fixVersion"), adminctl("fixVersion --apply")]
    }
}
