import Schema

extension Rule {
    static let schemaNotCompared = Rule(
        code: "schema.notCompared",
        severities: [.warning, .info],
        page: Page(
            title: "the schema was not compared, or only in part",
            problem: """
                Differences may exist that schemad cannot see.
                Warning, with the verdict unverified: the version rows are at the heads, but nothing could be \
                compared. A database that was only stamped looks the same as a healthy one.
                Information: the schema, or a part of it, was not compared, for example because the migrations must \
                be replayed in a shadow for it, or because two PostgreSQL versions print a definition differently. \
                What was not compared counts neither as equal nor as different.
                """,
            evidence: "What was not compared, and why.",
            remedy: """
                Set target_metadata in env.py to the application's models, and let env.py run with the environment \
                from schemad.toml. For a complete comparison, give schemad a shadow: install PostgreSQL's server \
                programs on its host, set url under [shadow], or ship a snapshot made with schemad snapshot.
                """)
    ) { context, code in
        guard context.isReachable else { return [] }
        switch context.facts.schema {
        case .compared(let comparison, let gaps) where comparison.tablesCompared > 0:
            let undecided = comparison.notComparable.map {
                "\($0.kind.rawValue) of \($0.object): \($0.reason)"
            }
            guard !gaps.isEmpty || !undecided.isEmpty else { return [] }
            let message =
                gaps.isEmpty
                ? "\(undecided.count) definition\(undecided.count == 1 ? "" : "s") could not be compared."
                : "Schema comparison is incomplete: \(gaps[0])"
                    + (gaps.count == 1 ? "." : " (and \(gaps.count - 1) more reason\(gaps.count == 2 ? "" : "s")).")
            // Until the first replay is done, the schema may differ from what the revisions make.
            let isUnknown = context.facts.isReplaying && !comparison.hasMigrations && context.isAtHeads
            return [
                RuleResult(
                    code, isUnknown ? .warning : .info, isUnknown ? .unverified : .inSync, message,
                    evidence: gaps.dropFirst() + undecided,
                    remedy: isUnknown
                        ? context.afterReplay
                        : ["# This alone is not a fault. How to compare more:", "adminctl explain \(code)"])
            ]
        // The migrations make no tables so far, and need no models to be compared.
        case .compared(let comparison, []) where comparison.hasMigrations && context.isFresh: return []
        case .compared(_, let gaps):
            let reasons = gaps.isEmpty ? ["target_metadata of env.py maps no tables"] : gaps
            return [context.notCompared(code, because: reasons.joined(separator: ", and "))]
        case .notCompared(let reason):
            // A problem of the project has a finding of its own, which explains this.
            return context.facts.isEnvironmentRead ? [context.notCompared(code, because: reason)] : []
        }
    }
}

extension RuleContext {
    /// Whether the rows are right and no revision is pending.
    var isAtHeads: Bool { versionTableState == .legitimate && pending?.isEmpty == true }

    fileprivate func notCompared(_ code: String, because reason: String) -> RuleResult {
        RuleResult(
            code, isAtHeads ? .warning : .info, isAtHeads ? .unverified : .inSync,
            "The schema of database \(facts.database) was not compared\(facts.isReplaying ? " yet" : ""): \(reason).",
            evidence: [reason],
            remedy: facts.isReplaying
                ? afterReplay
                : facts.replayProblems.isEmpty
                    ? [
                        "# Set target_metadata in env.py to the application's models, then:",
                        adminctl("diagnose --fresh"),
                    ]
                    : [
                        "# Remove what keeps the migrations from being replayed, or set target_metadata in env.py:",
                        "adminctl explain \(code)", "# Then:", adminctl("diagnose --fresh"),
                    ])
    }

    fileprivate var afterReplay: [String] { ["# Diagnose again when the replay is done:", adminctl("diagnose")] }
}
