import Revisions

extension Rule {
    static let versionTableWidth = Rule(
        code: "version.table.width",
        severities: [.error],
        page: Page(
            title: "a pending revision id is too long to be recorded",
            problem: """
                Alembic creates version_num as VARCHAR(32). On PostgreSQL, a longer revision id fails at the very \
                end of its migration, when the id is recorded (StringDataRightTruncation, SQLSTATE 22001). SQLite \
                does not enforce the length, so a test suite on SQLite does not detect such an id.
                """,
            evidence: """
                The length of the id in characters, and the width that the column has when the revision is recorded: \
                the width now, or that of the table that Alembic creates in this project, and what env.py and earlier \
                pending revisions make of it.
                """,
            remedy: """
                Shorten the id in the revision's file; it was never applied here. Or widen the column before \
                migrate.
                """)
    ) { context, code in
        guard context.isReachable, let table = context.facts.versionTable, let graph = context.facts.graph else {
            return []
        }
        return context.tooLongToRecord.map { id, width in
            let name = context.versionTableSQL
            let statement =
                table.isMissing
                ? "CREATE TABLE \(name) (version_num varchar(255) NOT NULL PRIMARY KEY);"
                : "ALTER TABLE \(name) ALTER COLUMN version_num TYPE varchar(255);"
            return RuleResult(
                code, .error, .behind,
                "Revision \(id) has \(id.unicodeScalars.count) characters, but \(name).version_num holds only "
                    + "\(width): migrate would fail.",
                evidence: [
                    graph[id].map { "\($0.file): revision = '\(id)'" } ?? id,
                    table.isMissing
                        ? "the table does not exist yet; Alembic creates VARCHAR(\(width))"
                        : "\(name).version_num is VARCHAR(\(width))",
                ],
                remedy: [
                    "# Shorten the id wherever it is used, or run this before migrate:",
                    statement,
                ])
        }
    }
}

extension RuleContext {
    /// The pending revisions that cannot be recorded, in the order in which they would run.
    var tooLongToRecord: [(revision: String, width: Int)] { facts.versionTable?.tooLong(pending ?? []) ?? [] }
}
