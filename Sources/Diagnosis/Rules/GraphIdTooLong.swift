import Revisions

extension Rule {
    static let graphIdTooLong = Rule.problem(
        "graph.idTooLong", .inSync,
        page: Page(
            title: "a revision's id is longer than Alembic's version table",
            problem: """
                Alembic creates version_num as VARCHAR(32), and this id is longer. This database has room for it, or \
                does not have to record it; any database that Alembic creates anew fails at this revision. Where it \
                is pending and does not fit, version.table.width says so as an error.
                """,
            evidence: "The file and its id.",
            remedy: """
                Shorten the id while no database has recorded it; otherwise widen version_num wherever the project \
                is deployed.
                """)
    ) { problem, situation in
        guard let graph = situation.facts.graph else { return .warning }
        let reported = Set(situation.tooLongToRecord.compactMap { graph[$0]?.file })
        return problem.file.map(reported.contains) == true ? nil : .warning
    } remedy: { problem, situation in
        [
            "# Shorten the id in \(problem.placeOrProject) while no database has recorded it, or widen the column:",
            "ALTER TABLE \(situation.versionTableSQL) ALTER COLUMN version_num TYPE varchar(255);",
        ]
    }
}
