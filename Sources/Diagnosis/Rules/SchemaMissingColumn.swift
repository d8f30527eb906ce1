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
            evidence: "target_metadata of env.py, held against the catalog by name, with the type of the model.",
            remedy: """
                Pending revisions: adminctl migrate. Rows at the heads: when no revision adds the column, write one \
                with alembic revision --autogenerate; when one does, put the column back as it says. Adding by hand \
                a column that a later revision adds makes that revision fail (DuplicateColumn).
                """)
    ) { situation, code in
        guard let comparison = situation.comparison, let blame = situation.missingSchema,
            !comparison.missingColumns.isEmpty
        else { return [] }
        let names = comparison.missingColumns.map { "\($0.table).\(SQLIdentifier.quoted($0.column))" }
        let what = names.count == 1 ? "1 mapped column does not exist" : "\(names.count) mapped columns do not exist"
        let evidence = comparison.missingColumns.map { "\($0.table).\(SQLIdentifier.quoted($0.column)) \($0.type)" }
        return [blame.observation(code, "\(what): \(TerminalText.list(names))", evidence: evidence, situation)]
    }
}
