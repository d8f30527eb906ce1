import Schema

extension Rule {
    static let schemaMissingColumn = Rule(
        code: "schema.missingColumn",
        page: Page(
            title: "a mapped column does not exist",
            problem: """
                The models map a column that the live table lacks. Every statement that loads the model fails \
                (SQLSTATE 42703); where such an error is swallowed, a list comes back empty beside a positive total. \
                While revisions are pending that may bring the column, this is a warning beside version.behind; with \
                rows at the heads it is an error: somebody stamped the head, dropped the column, or wrote no \
                revision for the model.
                """,
            evidence:
                "The models, and the migrations where they were replayed, held against the catalog, with the type.",
            remedy: """
                Pending revisions: adminctl migrate. Rows at the heads: when no revision adds the column, write one \
                with alembic revision --autogenerate; when one does, put the column back as it says. Adding by hand \
                a column that a later revision adds makes that revision fail (DuplicateColumn).
                """)
    ) { situation, code in
        let missing = situation.differences(code)
        let mapped = missing.filter(\.breaking)
        var observations = situation.drift(
            code, missing.filter { !$0.breaking }, "column that the migrations made does not exist",
            "columns that the migrations made do not exist",
            remedy: "# Put it back as its revision made it; the models do without it.")
        guard let blame = situation.missingSchema else { return observations }
        for group in blame.groups(mapped) {
            let names = group.map(\.object)
            let what =
                names.count == 1 ? "1 mapped column does not exist" : "\(names.count) mapped columns do not exist"
            let evidence = group.map { "\($0.object) \($0.models ?? $0.migrations ?? "")\($0.guess)" }
            observations.append(
                blame.observation(code, "\(what): \(TerminalText.list(names))", evidence: evidence, group, situation))
        }
        return observations
    }
}
