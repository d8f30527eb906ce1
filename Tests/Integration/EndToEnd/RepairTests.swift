import Testing
import Wire

/// Repairs of the version table on a real database: repaired and refused rows, and undo.
@Suite struct RepairTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        /// The rows as SQL values.
        var rows: String
        var state: FixVersion.State
        var after: [String?]
        var testDescription: String { name }
    }

    static let cases = [
        Case(
            name: "duplicate", rows: "('\(ProspectsExample.head)'), ('\(ProspectsExample.head)')", state: .applied,
            after: [ProspectsExample.head]),
        Case(name: "padded", rows: "(' \(ProspectsExample.head)  ')", state: .applied, after: [ProspectsExample.head]),
        Case(
            name: "NULL", rows: "(NULL), ('\(ProspectsExample.head)'), (NULL)", state: .applied,
            after: [ProspectsExample.head]),
        Case(
            name: "blank", rows: "(''), ('\(ProspectsExample.head)')", state: .applied, after: [ProspectsExample.head]),
        Case(
            name: "all at once",
            rows: "('\(ProspectsExample.base)'), (NULL), ('\(ProspectsExample.head) '), ('\(ProspectsExample.base)')",
            state: .applied, after: [ProspectsExample.head]),
        Case(name: "NULL only", rows: "(NULL)", state: .ambiguous, after: [nil]),
        Case(name: "symbolic", rows: "('head')", state: .refused, after: ["head"]),
        Case(name: "partial", rows: "('f4c7')", state: .refused, after: ["f4c7"]),
        Case(
            name: "unknown", rows: "('\(ProspectsExample.unknown)')", state: .refused, after: [ProspectsExample.unknown]
        ),
    ]

    /// Replaces the version table with one that has these rows and no primary key, as manual repairs do.
    private static func damage(_ database: TestDatabase, _ rows: String) async throws {
        try await database.execute("DROP TABLE alembic_version")
        try await database.execute("CREATE TABLE alembic_version (version_num varchar(32))")
        try await database.execute("INSERT INTO alembic_version VALUES \(rows)")
    }

    @Test func eachFault() async throws {
        try await ProspectsExample.withAgent("healthy") { agent, database in
            for fault in Self.cases {
                try await Self.damage(database, fault.rows)
                let result = try await agent.call(FixVersion.self, .init(apply: true))
                #expect(result.state == fault.state, "\(fault)")
                #expect(try await database.versions() == fault.after, "\(fault)")
                let isHealthy = try await agent.diagnose().healthy
                #expect(isHealthy == (fault.state == .applied), "\(fault)")
            }
        }
    }

    @Test func repairCanBeUndoneUntilTheRowsChange() async throws {
        try await ProspectsExample.withAgent("story") { agent, database in
            let before = try await database.versions()
            let repair = try #require(try await agent.call(FixVersion.self, .init(apply: true)).repair)
            #expect(try await database.versions() == [ProspectsExample.beforeHead])
            let undone = try await agent.adminctl("--json", "fixVersion", "--undo", repair)
            #expect(try undone.result(FixVersion.Result.self).state == .undone)
            #expect(try await database.versions() == before)
            #expect(try await agent.refusal(FixVersion.self, .init(undo: repair)).code == .precondition)

            let again = try #require(try await agent.call(FixVersion.self, .init(apply: true)).repair)
            try await agent.call(Migrate.self, .init())
            #expect(try await agent.refusal(FixVersion.self, .init(undo: again)).code == .precondition)
            #expect(try await database.versions() == [ProspectsExample.head])
        }
    }

    @Test func outdatedPlanIsRefused() async throws {
        try await ProspectsExample.withAgent("several-rows") { agent, database in
            let plan = try #require(try await agent.call(FixVersion.self, .init()).plan)
            try await database.execute(
                """
                UPDATE alembic_version SET version_num = '\(ProspectsExample.beforeHead)'
                WHERE version_num = '\(ProspectsExample.base)'
                """
            )
            let error = try await agent.refusal(FixVersion.self, .init(apply: true, plan: plan))
            #expect(error.code == .precondition)
            #expect(try await database.versions() == [ProspectsExample.beforeHead, ProspectsExample.head])
        }
    }
}
