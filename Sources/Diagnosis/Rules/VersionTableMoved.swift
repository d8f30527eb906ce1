import Schema
import Text

extension Rule {
    static let versionTableMoved = Rule(
        code: "version.table.moved",
        severities: [.error],
        page: Page(
            title: "the rows are in another version table",
            problem: """
                The version table that env.py names does not exist or is empty. Another table of that form has rows of \
                this project, so it is probably the version table that env.py named before: version_table or \
                version_table_schema was changed, and the table was not moved. alembic upgrade would create a new \
                version table, and run every revision again.
                """,
            evidence: """
                The tables with a single column version_num whose rows are revisions of this project. Tables with rows of \
                other projects do not count, nor do those of another installation of this project, beside its tables in \
                another schema. The schema is compared with the rows.
                """,
            remedy: """
                Move the table with the statements shown, as its owner. Or record its rows in the new table with \
                adminctl fixVersion --to. Do not stamp the heads: revisions after these rows would never run. Where \
                another program still uses the old table, leave it where it is.
                """)
    ) { context, code in
        guard context.isReachable, context.hasNoVersionRows, let former = context.facts.formerVersionTables.first else {
            return []
        }
        let tables = context.facts.formerVersionTables
        let state = context.versionTableState == .missing ? "does not exist" : "has no row that names a revision"
        let names = tables.map { $0.name.sql() }
        let found = "\(SafeText.list(names)) \(tables.count == 1 ? "has" : "have") rows of this project"
        var evidence = tables.map { "\($0.name.sql()): \(SafeText.list($0.rows))" }
        let shown = context.rowsOfSchema?.rows
        if let shown { evidence.append("the schema is that of \(SafeText.list(shown))") }
        // Rows that the schema contradicts are not recorded again.
        let isDecided = tables.count == 1 && (shown == nil || shown.map(Set.init) == Set(former.rows))
        let words = former.rows.map(ShellWord.quoted).joined(separator: " ")
        return [
            RuleResult(
                code, .error, .unmanaged,
                "The version table \(context.versionTableSQL) of database \(context.facts.database) \(state), but \(found).",
                evidence: evidence,
                remedy: isDecided
                    ? (former.move.isEmpty
                        ? []
                        : ["-- In psql: move it to where env.py expects it, unless another program still uses it:"]
                            + former.move + ["# Or record its rows in the new table:"])
                        + [
                            context.adminctl("fixVersion --to \(words)"),
                            context.adminctl("fixVersion --to \(words) --apply"),
                        ]
                    : context.explicitRows())
        ]
    }
}
