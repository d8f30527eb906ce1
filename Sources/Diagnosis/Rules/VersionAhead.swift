import Revisions
import Text

extension Rule {
    static let versionAhead = Rule(
        code: "version.ahead",
        severities: [.error],
        page: Page(
            title: "the project does not have the recorded revisions",
            problem: """
                The version rows name revisions that this project does not have, and have no other fault. Either newer \
                code has migrated the database and the project folder is older, for example after a rollback or with \
                an old image. Or the files of these revisions were removed, for example when the history was squashed \
                into one revision. The rows alone do not say which.
                """,
            evidence: "Every unknown row has the form of a revision id, and no row has any other fault.",
            remedy: """
                Deploy the code that has the revision. Only that code can migrate or downgrade this database. Do not \
                delete the row: its DDL has been applied and would run again. If the file was removed on purpose, \
                adminctl fixVersion --to REVISION shows what in the schema contradicts another row.
                """)
    ) { context, code in
        guard context.isReachable, !context.hasNoRevisions, context.versionTableState == .unknownRows,
            let rows = context.rows,
            rows.unknown.allSatisfy(looksLikeRevision)
        else { return [] }
        return [
            RuleResult(
                code, .error, .ahead,
                "Database \(context.facts.database) is at \(SafeText.list(rows.unknown)), which the project does not have: "
                    + "newer code has migrated it, or the revision was removed from the project.",
                evidence: [
                    "heads of the project: " + SafeText.list(context.facts.graph?.effectiveHeads ?? [], limit: .max)
                ],
                remedy: [
                    "# Deploy the code that has the revision to the project folder, then:",
                    context.adminctl("diagnose --fresh"),
                    "# If it was removed on purpose, see what contradicts the row that replaces it, as REVISION:",
                    context.adminctl("fixVersion --to REVISION"),
                ])
        ]
    }

    /// Alembic forbids `@`, `-`, `+` and `:` in ids; spaces and control characters do not occur in practice.
    static func looksLikeRevision(_ row: String) -> Bool {
        let foreign = "@-+: ".unicodeScalars
        return !row.isEmpty && row.unicodeScalars.allSatisfy { !foreign.contains($0) && !SafeText.isHidden($0) }
    }
}
