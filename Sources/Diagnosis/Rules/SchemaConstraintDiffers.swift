import Schema

extension Rule {
    static let schemaConstraintDiffers = Rule(
        code: "schema.constraintDiffers",
        severities: [.warning, .info],
        page: Page(
            title: "a constraint is missing, different or hand-made",
            problem: """
                Primary key, unique, check, foreign key and exclusion constraints are matched by definition.
                Warning: a missing constraint admits rows that the application considers impossible, and a NOT VALID \
                constraint was never checked against existing rows.
                Information: only the name differs, or the live constraint is validated and the expected one is not.
                """,
            evidence: Page.comparisonEvidence,
            remedy: """
                Restore the constraint as in the migrations; on a busy table, add it NOT VALID first and run \
                VALIDATE CONSTRAINT later. Or write a revision for a constraint that was created by hand.
                """)
    ) { context, code in
        context.drift(
            code, context.differences(code), "constraint differs", "constraints differ",
            heading: "-- In psql, as in the migrations; on a busy table VALIDATE later:",
            remedy: "# Restore the constraint as in the migrations; the evidence shows it.")
    }
}
