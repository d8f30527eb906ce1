import Revisions

extension Rule {
    static let versionAhead = Rule(
        code: "version.ahead",
        page: Page(
            title: "the database is ahead of this code",
            problem: """
                The only fault of the version rows is that this project does not have their revisions. Most often \
                newer code has migrated the database, and the project folder is older: a rollback, or an image of \
                before.
                """,
            evidence: "Every row that is not known has the form of a revision id, and no row has any other fault.",
            remedy: """
                Deploy the code that has the revision; it is the only code that can migrate this database, or take \
                it back. Do not purge the row: its DDL has been applied and would run again.
                """)
    ) { situation, code in
        guard situation.isReachable, situation.versionTableState == .unknownRows, let rows = situation.rows,
            rows.unknown.allSatisfy(looksLikeRevision)
        else { return [] }
        return [
            Observation(
                code, .error, .ahead,
                "Database \(situation.facts.database) is ahead of this code: it is at "
                    + "\(TerminalText.list(rows.unknown)), which the project does not have.",
                evidence: ["heads of the project: " + TerminalText.list(situation.facts.graph?.effectiveHeads ?? [])],
                remedy: [
                    "# Deploy the code that has the revision to the project folder, then:",
                    situation.adminctl("diagnose --fresh"),
                ])
        ]
    }

    /// Alembic forbids `@`, `-`, `+` and `:` in ids; nobody has blanks or control characters in them.
    static func looksLikeRevision(_ row: String) -> Bool {
        let foreign = "@-+: ".unicodeScalars
        return !row.isEmpty && row.unicodeScalars.allSatisfy { !foreign.contains($0) && !TerminalText.isHidden($0) }
    }
}
