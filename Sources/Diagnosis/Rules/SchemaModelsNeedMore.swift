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
        // What revisions made and the models do not fill: autogenerate would drop it with its values.
        let unfilled = needed.filter { $0.kind == .extraColumn }
        let labels =
            needed.contains { $0.kind == .enumLabels }
            // Autogenerate does not compare labels.
            ? ["# Add the missing labels to it yourself: op.execute(\"ALTER TYPE … ADD VALUE '…'\")"] : []
        let writing =
            unfilled.isEmpty
            ? ["# Write a revision that makes them, check it, and run it:"] + labels
                + context.autogenerate("what the models need")
            : [
                "# Map \(SafeText.list(unfilled.map(\.object))) in the models, or write a revision in which it gets a default or",
                "# becomes nullable: op.alter_column(…, nullable=True). Write the rest into it too. Then run it:",
            ] + labels + ["alembic revision -m 'what the models need'", "# " + context.adminctl("migrate")]
        let what = needed.count == 1 ? "1 thing" : "\(needed.count) things"
        return [
            RuleResult(
                code, .error, .drifted,
                "The models need \(what) that no revision makes: \(SafeText.list(needed.map(\.object))).",
                evidence: needed.map(\.line),
                remedy: writing)
        ]
    }
}

extension RuleContext {
    /// Commands that write a revision of what the models have in addition. Where it would also drop what the models do not
    /// map, it has to be changed before it is run.
    func autogenerate(_ message: String) -> [String] {
        let dropped = comparison?.advice.filter { $0.kind == .extraTable || $0.kind == .extraColumn } ?? []
        let write = "alembic revision --autogenerate -m '\(message)'"
        if dropped.isEmpty { return [write, adminctl("migrate")] }
        return [
            write,
            "# It also drops \(SafeText.list(dropped.map(\.object))): remove that, unless nobody needs the rows. Then:",
            "# " + adminctl("migrate"),
        ]
    }
}
