import Schema

extension Rule {
    static let schemaNotCompared = Rule(
        code: "schema.notCompared",
        page: Page(
            title: "the schema was not compared, or only in part",
            problem: """
                As information: the models were held against the database by the names of tables and columns; types, \
                defaults, constraints and indexes were not compared. As a warning, with the verdict unverified: the \
                rows are at the heads, and nothing at all could be compared, so that a database that somebody \
                stamped looks the same as a sound one.
                """,
            evidence: "What was compared, or why nothing was.",
            remedy: """
                Give env.py a target_metadata that has the models, and let it run with the environment of the \
                settings.
                """)
    ) { situation, code in
        guard situation.isReachable else { return [] }
        switch situation.facts.schema {
        case .compared(let comparison) where comparison.tablesCompared > 0:
            return [
                Observation(
                    code, .info, .inSync,
                    "The models were compared with the database by the names of tables and columns alone.",
                    evidence: ["\(comparison.tablesCompared) mapped table\(comparison.tablesCompared == 1 ? "" : "s")"],
                    remedy: ["# Nothing; types, constraints and indexes are not compared."])
            ]
        case .compared:
            return [situation.notCompared(code, because: "target_metadata of env.py maps no tables")]
        case .notCompared(let reason):
            // Where the project itself is at fault, its own finding is the reason.
            return situation.facts.hasEnvironmentAnswered ? [situation.notCompared(code, because: reason)] : []
        }
    }
}

extension Situation {
    fileprivate func notCompared(_ code: String, because reason: String) -> Observation {
        let isAtHeads = versionTableState == .legitimate && pending?.isEmpty == true
        return Observation(
            code, isAtHeads ? .warning : .info, isAtHeads ? .unverified : .inSync,
            "The schema of database \(facts.database) was not compared with the models, because \(reason).",
            evidence: [reason],
            remedy: [
                "# Give env.py a target_metadata that has the models, then:", adminctl("diagnose --fresh"),
            ])
    }
}
