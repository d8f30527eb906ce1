import Diagnosis
import Schema
import Support
import Testing
import Wire

/// Diagnosis, repair and migration through `adminctl`, from each broken state of the example.
@Suite struct BrokenStateTests {
    struct BrokenState: Sendable, CustomTestStringConvertible {
        var name: String
        var verdict: Verdict
        /// The codes of the findings of severity error.
        var errors: [String]
        var verify: Verify.Verdict
        /// The state of `fixVersion` without `--to`.
        var fix: FixVersion.State
        /// The argument of `--to`; nil if none is needed.
        var choice: String?
        /// The error of `migrate` before the repair; nil if it may run.
        var refusal: ErrorCode?
        var applied: [String] = []
        /// The verdict at the end.
        var end: Verdict = .inSync

        var testDescription: String { name }
    }

    static let states = [
        BrokenState(name: "healthy", verdict: .inSync, errors: [], verify: .equal, fix: .nothingToDo),
        BrokenState(
            name: "version-table-missing", verdict: .unmanaged, errors: ["version.table.missing"], verify: .empty,
            fix: .refused, choice: ProspectsExample.head, refusal: .precondition),
        BrokenState(
            name: "version-table-empty", verdict: .unmanaged, errors: ["version.table.empty"], verify: .empty,
            fix: .refused, choice: ProspectsExample.head, refusal: .precondition),
        BrokenState(
            name: "several-rows", verdict: .corrupt, errors: ["version.rows.redundant"], verify: .corrupt,
            fix: .planned, refusal: .precondition),
        BrokenState(
            name: "unknown-row", verdict: .ahead, errors: ["version.ahead", "version.rows.unknown"],
            verify: .aheadUnknown, fix: .refused, refusal: .precondition, end: .ahead),
        BrokenState(
            name: "columns-dropped", verdict: .behind, errors: ["version.behind"], verify: .behind,
            fix: .nothingToDo, applied: [ProspectsExample.head]),
        BrokenState(
            name: "stamped", verdict: .drifted, errors: ["schema.missingColumn"], verify: .drifted,
            fix: .nothingToDo, end: .drifted),
        BrokenState(
            name: "story", verdict: .corrupt,
            errors: ["schema.missingColumn", "version.behind", "version.rows.redundant"],
            verify: .corrupt, fix: .planned, refusal: .precondition, applied: [ProspectsExample.head]),
    ]

    @Test(arguments: states) func diagnoseRepairAndMigrate(_ state: BrokenState) async throws {
        try await ProspectsExample.withAgent(state.name) { agent, database in
            let data = try await ProspectsExample.data(database)
            try await Self.diagnose(state, agent)
            if let refusal = state.refusal { try await Self.refused(refusal, agent, database) }
            try await Self.repair(state, agent, database)
            try await Self.migrate(state, agent, database)

            let end = try await agent.adminctl("--json", "diagnose", "--fresh")
            let diagnosis = try end.result(Diagnose.Result.self)
            #expect(diagnosis.verdict == state.end)
            #expect(diagnosis.healthy == (state.end == .inSync))
            #expect(end.status == (state.end == .inSync ? 0 : 1))
            #expect(try await ProspectsExample.data(database) == data)
        }
    }

    private static func diagnose(_ state: BrokenState, _ agent: AgentFixture) async throws {
        let outcome = try await agent.adminctl("--json", "diagnose", "--fresh")
        let diagnosis = try outcome.result(Diagnose.Result.self)
        #expect(diagnosis.verdict == state.verdict)
        #expect(diagnosis.findings.filter { $0.severity == .error }.map(\.code).sorted() == state.errors)
        #expect(diagnosis.healthy == state.errors.isEmpty)
        #expect(outcome.status == (state.errors.isEmpty ? 0 : 1))
        #expect(diagnosis.findings.allSatisfy { !$0.remedy.isEmpty && !$0.message.isEmpty })
        let dropsColumns = ["columns-dropped", "stamped", "story"].contains(state.name)
        let missing = diagnosis.schema.missingColumns?.filter { $0.table == "prospects" }.map(\.column).sorted()
        #expect(missing == (dropsColumns ? ProspectsExample.droppedColumns : []))
        #expect(diagnosis.schemaMatch == !dropsColumns)

        let verify = try await agent.adminctl("--json", "verify")
        #expect(try verify.result(Verify.Result.self).verdict == state.verify)
        #expect(verify.status == (state.verify == .equal ? 0 : 1))

        let text = try await agent.adminctl("diagnose")
        #expect(text.standardOutput.contains(state.verdict.rawValue))
        for code in state.errors { #expect(text.standardOutput.contains(code)) }
    }

    /// The migration is refused, and nothing is changed.
    private static func refused(_ code: ErrorCode, _ agent: AgentFixture, _ database: TestDatabase) async throws {
        let hasTable = try await database.value("SELECT to_regclass('alembic_version')") != nil
        let before = hasTable ? try await database.versions() : []
        let outcome = try await agent.adminctl("--json", "migrate")
        #expect(outcome.status == code.exitStatus)
        #expect(outcome.standardOutput.isEmpty)
        #expect(try outcome.failure()["code"]?.stringValue == code.rawValue)
        #expect(try await (database.value("SELECT to_regclass('alembic_version')") != nil) == hasTable)
        if hasTable { #expect(try await database.versions() == before) }
    }

    private static func repair(_ state: BrokenState, _ agent: AgentFixture, _ database: TestDatabase) async throws {
        let plan = try await agent.adminctl("--json", "fixVersion")
        let planned = try plan.result(FixVersion.Result.self)
        #expect(planned.state == state.fix)
        #expect(plan.status == (state.fix == .refused ? 1 : 0))
        switch state.fix {
        case .planned:
            // A plan changes nothing.
            #expect(try await agent.diagnose().versionTable.rows?.count == 2)
            let id = try #require(planned.plan)
            let applied = try await agent.adminctl("--json", "fix-version", "--apply", "--plan", id)
            let result = try applied.result(FixVersion.Result.self)
            #expect(result.state == .applied)
            #expect(result.after == planned.after)
            #expect(try await database.versions() == result.after)
            #expect(result.changes.map(\.row) == [ProspectsExample.base])
        case .refused:
            #expect(planned.reason?.isEmpty == false)
            guard let choice = state.choice else { return }
            let applied = try await agent.adminctl("--json", "fixVersion", "--to", choice, "--apply")
            #expect(try applied.result(FixVersion.Result.self).state == .applied)
            #expect(try await database.versions() == [choice])
        default:
            let applied = try await agent.adminctl("--json", "fixVersion", "--apply")
            #expect(try applied.result(FixVersion.Result.self).state == .nothingToDo)
        }
    }

    private static func migrate(_ state: BrokenState, _ agent: AgentFixture, _ database: TestDatabase) async throws {
        guard state.end != .ahead else { return }
        let plan = try await agent.adminctl("--json", "plan").result(Plan.Result.self)
        #expect(plan.revisions.map(\.id) == state.applied)
        let first = try await agent.adminctl("--json", "migrate", "--plan", plan.plan)
        let migrated = try first.result(Migrate.Result.self)
        #expect(first.status == 0)
        #expect(migrated.state == .succeeded)
        #expect(migrated.applied == state.applied)
        #expect(try await database.versions() == [ProspectsExample.head])

        let second = try await agent.adminctl("--json", "migrate").result(Migrate.Result.self)
        #expect(second.state == .succeeded)
        #expect(second.applied.isEmpty)
    }
}
