import Revisions

extension Rule {
    /// The width of the column that Alembic creates (`alembic/ddl/impl.py`, `version_table_impl`).
    static let versionWidth = 32

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
                The length of the id in characters, and the width of the column (32 if the table does not exist \
                yet).
                """,
            remedy: """
                Shorten the id in the revision's file; it was never applied here. Or widen the column before \
                migrate.
                """)
    ) { context, code in
        guard context.isReachable, let table = context.facts.versionTable, let graph = context.facts.graph else {
            return []
        }
        return context.tooLongToRecord.map { id in
            let width = context.versionColumnWidth ?? versionWidth
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
                        ? "the table does not exist yet; Alembic creates VARCHAR(\(versionWidth))"
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
    /// The number of characters that the version column holds, or will hold when Alembic creates it; nil is no limit.
    var versionColumnWidth: Int? {
        guard let table = facts.versionTable, !table.isMissing else { return Rule.versionWidth }
        return table.columnWidth
    }

    /// The pending revisions that cannot be recorded, in the order in which they would run.
    var tooLongToRecord: [String] {
        guard facts.versionTable != nil, let width = versionColumnWidth else { return [] }
        return (pending ?? []).filter { $0.unicodeScalars.count > width }
    }
}
