import Revisions

extension Rule {
    /// What Alembic creates, hard-coded (`alembic/ddl/impl.py`, `version_table_impl`).
    static let versionWidth = 32

    static let versionTableWidth = Rule(
        code: "version.table.width",
        page: Page(
            title: "a pending revision's id does not fit the version table",
            problem: """
                Alembic creates version_num as VARCHAR(32). A longer revision id fails on PostgreSQL at the very end \
                of its migration, when the id is recorded (StringDataRightTruncation, SQLSTATE 22001). SQLite never \
                shows it, so that such an id gets through a test suite.
                """,
            evidence: """
                The length of the id in characters, and the width of the column; 32 where the table does not exist \
                yet.
                """,
            remedy: """
                Shorten the id in the revision's file (it was never applied here), or widen the column before \
                migrate.
                """)
    ) { situation, code in
        guard situation.isReachable, let table = situation.facts.versionTable, let graph = situation.facts.graph else {
            return []
        }
        return situation.tooLongToRecord.map { id in
            let width = situation.versionColumnWidth ?? versionWidth
            let name = situation.versionTableSQL
            let statement =
                table.presence == .missing
                ? "CREATE TABLE \(name) (version_num varchar(255) NOT NULL PRIMARY KEY);"
                : "ALTER TABLE \(name) ALTER COLUMN version_num TYPE varchar(255);"
            return Observation(
                code, .error, .behind,
                "Revision \(id) has \(id.unicodeScalars.count) characters and cannot be recorded in "
                    + "\(name).version_num, which holds \(width), so that migrate would fail.",
                evidence: [
                    graph[id].map { "\($0.file): revision = '\(id)'" } ?? id,
                    table.presence == .missing
                        ? "the table does not exist yet; Alembic creates VARCHAR(\(versionWidth))"
                        : "\(name).version_num is VARCHAR(\(width))",
                ],
                remedy: [
                    "# Shorten the id in its file and wherever a down_revision names it, or run before migrate:",
                    statement,
                ])
        }
    }
}

extension Situation {
    /// The characters that the version column holds, or would hold once Alembic has created it; nil is no limit.
    var versionColumnWidth: Int? {
        guard let table = facts.versionTable, table.presence != .missing else { return Rule.versionWidth }
        return table.columnWidth
    }

    /// The pending revisions that cannot be recorded, in the order in which they would run.
    var tooLongToRecord: [String] {
        guard facts.versionTable != nil, let width = versionColumnWidth else { return [] }
        return (pending ?? []).filter { $0.unicodeScalars.count > width }
    }
}
