import Revisions
import Text

extension Rule {
    static let rowsPadded = Rule(
        code: "version.rows.padded",
        severities: [.error],
        page: Page(
            title: "a version row has white space around the id",
            problem: """
                The row is the id of a known revision with white space before or after it, usually from a statement \
                written by hand. Every Alembic command fails with "Can't locate revision identified by", and the \
                message does not show the white space.
                """,
            evidence: "The row in quotes, and the revision that it names without the white space.",
            remedy: "adminctl fixVersion plans to trim it; adminctl fixVersion --apply trims it.")
    ) { context, code in
        context.faultyRows(.padded).map { row in
            RuleResult(
                code, .error, .corrupt,
                "Row \(SafeText.row(row.value)) of \(context.versionTableSQL) has white space around a revision id.",
                evidence: row.because.map { ["without it, the row is revision \(SafeText.row($0))"] } ?? [],
                remedy: context.repair())
        }
    }
}
