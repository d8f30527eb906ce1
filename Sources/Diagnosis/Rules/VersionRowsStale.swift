import Revisions
import Schema
import Text

extension Rule {
    static let rowsStale = Rule(
        code: "version.rows.stale",
        severities: [.error, .warning],
        page: Page(
            title: "the schema is ahead of the version rows",
            problem: """
                The database has everything that some pending revisions make, so they have run, or their changes were \
                made by hand. Running them again fails, because what they create exists. Usual causes are a row that \
                was set back, a backup of the version table alone, and a schema that was created from the models.
                """,
            evidence: """
                The live catalog is held against the schema after each pending revision, object by object. It has the \
                objects of these revisions as they define them, and none that contradicts this.
                """,
            remedy: """
                Record the revisions that the schema shows, with adminctl fixVersion --to. A revision that changes only \
                data leaves no trace in the schema: one that follows counts as pending. Where all pending revisions run \
                in a shadow that has the live schema, and they have not run before, adminctl migrate is right too.
                """)
    ) { context, code in
        guard context.isReachable, context.versionTableState == .legitimate, let found = context.rowsOfSchema else {
            return []
        }
        let words = found.rows.map(ShellWord.quoted).joined(separator: " ")
        let record = [
            "# Record the revisions that the schema shows:", context.adminctl("fixVersion --to \(words)"),
            context.adminctl("fixVersion --to \(words) --apply"),
        ]
        let runs = context.facts.trial == .passed
        return [
            RuleResult(
                code, runs ? .warning : .error, .behind,
                "The rows of database \(context.facts.database) say \(SafeText.list(context.rows?.known ?? [])), but its "
                    + "schema is that of \(SafeText.list(found.rows)).",
                evidence: context.partlyApplied.filter(\.isApplied).flatMap(\.lines),
                remedy: runs
                    ? record + [
                        "# Or, if they have not run yet: in a trial they run, and keep what is there.",
                        context.adminctl("migrate"),
                    ] : record)
        ]
    }
}
