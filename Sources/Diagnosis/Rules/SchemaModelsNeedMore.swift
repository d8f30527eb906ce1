import Schema
import Text

extension Rule {
    static let schemaModelsNeedMore = Rule(
        code: "schema.modelsNeedMore",
        severities: [.error],
        page: Page(
            title: "the models need more than the migrations make",
            problem: """
                The database is as the migrations make it, and statements of the models fail on it: a type accepts less \
                than the model writes (SQLSTATE 22001, 22003), an enum lacks a label (22P02), or a NOT NULL column \
                without a default is not filled by the models (23502).
                """,
            evidence: "The models, created in a shadow, compared with the migrations at the heads.",
            remedy: """
                Write a revision that makes what the models need, or correct the models. With the policy additive, \
                verify lets an image start with a warning.
                """)
    ) { context, code in
        guard context.isAtHeads, let needed = context.comparison?.neededByModels, !needed.isEmpty else { return [] }
        let what = needed.count == 1 ? "1 thing" : "\(needed.count) things"
        return [
            RuleResult(
                code, .error, .drifted,
                "The models need \(what) that no revision makes: \(SafeText.list(needed.map(\.object))).",
                evidence: needed.map(\.line),
                remedy: ["# Write a revision that makes them, check it, and run it:"]
                    // Autogenerate does not compare labels.
                    + (needed.contains { $0.kind == .enumLabels }
                        ? ["# Add the missing labels to it yourself: op.execute(\"ALTER TYPE … ADD VALUE '…'\")"] : [])
                    + ["alembic revision --autogenerate -m 'what the models need'", context.adminctl("migrate")])
        ]
    }
}
