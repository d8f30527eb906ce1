import Schema

extension Rule {
    static let schemaNotCompared = Rule(
        code: "schema.notCompared",
        page: Page(
            title: "the schema was not compared, or only in part",
            problem: """
                As information: something was left out, for example all that only a replay of the migrations in a \
                shadow tells, or a definition that two versions of PostgreSQL word differently. What was not \
                compared counts neither as equal nor as different. As a warning, with the verdict unverified: the \
                rows are at the heads, and nothing at all could be compared, so that a database that somebody \
                stamped looks the same as a sound one.
                """,
            evidence: "What was not compared, and why.",
            remedy: """
                Give env.py a target_metadata that has the models, let it run with the environment of the settings, \
                and give the agent a shadow: the programs of a PostgreSQL server beside it, [shadow] url, or a \
                snapshot made with schemad snapshot.
                """)
    ) { situation, code in
        guard situation.isReachable else { return [] }
        switch situation.facts.schema {
        case .compared(let comparison, let gaps) where comparison.tablesCompared > 0:
            let undecided = comparison.notComparable.map {
                "\($0.kind.rawValue) of \($0.object), because \($0.reason)"
            }
            guard !gaps.isEmpty || !undecided.isEmpty else { return [] }
            let message =
                gaps.isEmpty
                ? "\(undecided.count) definition\(undecided.count == 1 ? "" : "s") could not be compared."
                : "The schema was compared only in part, because \(gaps[0])"
                    + (gaps.count == 1 ? "." : ", and for \(gaps.count - 1) more reason\(gaps.count == 2 ? "" : "s").")
            return [
                Observation(
                    code, .info, .inSync, message, evidence: gaps.dropFirst() + undecided,
                    remedy: [
                        "# Nothing is wrong by that alone; what it takes to compare more:", "adminctl explain \(code)",
                    ])
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
