import Revisions

extension Rule {
    static let graphIdTooLong = Rule.problem(
        "graph.idTooLong", .inSync,
        severities: [.warning],
        page: Page(
            title: "a revision id is longer than 32 characters",
            problem: """
                Alembic creates the column version_num as VARCHAR(32), and this id is longer. This database has room \
                for the id, or does not need to record it. A database that Alembic creates from scratch fails at \
                this revision, unless env.py or an earlier revision makes the column wider: a replay of the \
                migrations shows that, and the finding goes. If the revision is pending here and does not fit, \
                version.table.width reports it as an error.
                """,
            evidence: "The file and the id.",
            remedy: """
                Shorten the id if no database has recorded it yet. Otherwise widen version_num in every database of \
                the project.
                """)
    ) { problem, context in
        guard let graph = context.facts.graph else { return .warning }
        guard context.facts.versionTable?.recordsEveryID != true else { return nil }
        let reported = Set(context.tooLongToRecord.compactMap { graph[$0.revision]?.file })
        return problem.file.map(reported.contains) == true ? nil : .warning
    } remedy: { problem, context in
        let id = context.facts.graph?.revisions.first { $0.file == problem.file }?.id ?? ""
        guard let table = context.facts.versionTable, !table.isMissing, let width = table.columnWidth,
            width < id.unicodeScalars.count
        else {
            return [
                "# Shorten the id if no database has recorded it. Otherwise let env.py, or a revision before this one,",
                "# make the column wider: a new database has VARCHAR(32).",
            ]
        }
        return [
            "# Shorten the id if no database has recorded it, or widen the column:",
            "ALTER TABLE \(context.versionTableSQL) ALTER COLUMN version_num TYPE varchar(255);",
        ]
    }
}
