import Schema

extension Rule {
    static let schemaConstraintDiffers = Rule(
        code: "schema.constraintDiffers",
        page: Page(
            title: "a constraint is missing, made by hand, or another one",
            problem: """
                Primary keys, unique, check, foreign key and exclusion constraints are matched by definition; \
                another name alone is information. A constraint that is missing lets in rows that the \
                application takes for impossible; one that is NOT VALID was never checked against the rows that \
                were there.
                """,
            evidence:
                "The live catalog, held against a replay of the migrations at the live rows, and against the models.",
            remedy: """
                Put the constraint back as the migrations have it, NOT VALID first and VALIDATE CONSTRAINT \
                afterwards on a busy table; or write a revision for what was made by hand.
                """)
    ) { situation, code in
        situation.drift(
            code, situation.differences(code), "constraint differs", "constraints differ",
            remedy: "# As the migrations have it; on a busy table NOT VALID first, and VALIDATE CONSTRAINT later:"
        ) { difference in
            guard let (table, name) = difference.column, let definition = difference.migrations else { return nil }
            switch difference.kind {
            case .missingConstraint: return "ALTER TABLE \(table) ADD CONSTRAINT \(name) \(definition);"
            case .constraintNotValidated: return "ALTER TABLE \(table) VALIDATE CONSTRAINT \(name);"
            default: return nil
            }
        }
    }
}
