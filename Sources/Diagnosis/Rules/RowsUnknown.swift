import Revisions
import Text

extension Rule {
    static let rowsUnknown = Rule(
        code: "version.rows.unknown",
        severities: [.error],
        page: Page(
            title: "a version row names an unknown revision",
            problem: """
                No revision of the project has the id in this row, and no unique revision id starts with it. Every \
                Alembic command fails with "Can't locate revision identified by". Usually newer code has migrated \
                the database. Sometimes the file of the revision was deleted or renamed after it had run.
                """,
            evidence: "The row, and the number of revision files.",
            remedy: """
                Restore the revision's file: deploy the code that has it, or take it from version control. \
                fixVersion changes such a row only if --to names the revisions to record instead: the changes of the \
                unknown revision are still in the schema, and without the row the same DDL may run again.
                """)
    ) { context, code in
        if context.hasNoRevisions { return [] }
        return context.faultyRows(.unknown).map { row in
            let value = row.value ?? ""
            let looksLikeRevision = looksLikeRevision(value)
            return RuleResult(
                code, .error, looksLikeRevision ? .ahead : .corrupt,
                "Row \(SafeText.row(row.value)) of \(context.versionTableSQL) is not a revision of this project.",
                evidence: [
                    context.facts.graph?.revisions.count == 1
                        ? "the project's only revision file has another id"
                        : "none of the \(context.facts.graph?.revisions.count ?? 0) revision files has this id"
                ],
                remedy: looksLikeRevision
                    ? [
                        "# Deploy the code that has this revision. To find it, in the project:",
                        "git log --all --oneline -S\(ShellWord.quoted(value)) -- .",
                    ]
                    : [
                        "# Find the revision that matches the schema; use its id as REVISION:",
                        context.adminctl("graph"),
                        context.adminctl("fixVersion --to REVISION"),
                        context.adminctl("fixVersion --to REVISION --apply"),
                    ])
        }
    }
}

extension RuleContext {
    /// The rows with this fault, in the order in which they were read.
    func faultyRows(_ fault: RowClassification.Fault) -> [RowClassification.Row] {
        isReachable ? rows?.rows.filter { $0.fault == fault } ?? [] : []
    }

    /// The remedy for a row that `fixVersion` repairs without `--to`.
    func repair() -> [String] {
        (hasRefusedRows ? ["# First repair the rows that are unknown, symbolic or partial; then:"] : [])
            + [adminctl("fixVersion"), adminctl("fixVersion --apply")]
    }
}
