import Diagnosis
import Schema
import Support
import Testing
import Wire

/// The main job through `adminctl`, from each broken state of the example to the end that is right for it.
@Suite struct StoryTests {
    struct Chapter: Sendable, CustomTestStringConvertible {
        var state: String
        var verdict: Verdict
        /// The codes of the findings of severity error.
        var errors: [String]
        var verify: Verify.Verdict
        /// What `fixVersion` says without a choice.
        var fix: FixVersion.State
        /// The choice with which it is applied; nil where no choice is needed.
        var choice: String?
        /// What `migrate` says before the repair; nil where it may run then.
        var refusal: ErrorCode?
        var applied: [String] = []
        /// The diagnosis at the end.
        var end: Verdict = .inSync

        var testDescription: String { state }
    }

    static let chapters = [
        Chapter(state: "healthy", verdict: .inSync, errors: [], verify: .equal, fix: .nothingToDo),
        Chapter(
            state: "version-table-missing", verdict: .unmanaged, errors: ["version.table.missing"], verify: .empty,
            fix: .refused, choice: Prospects.head, refusal: .precondition),
        Chapter(
            state: "version-table-empty", verdict: .unmanaged, errors: ["version.table.empty"], verify: .empty,
            fix: .refused, choice: Prospects.head, refusal: .precondition),
        Chapter(
            state: "several-rows", verdict: .corrupt, errors: ["version.rows.redundant"], verify: .corrupt,
            fix: .planned, refusal: .precondition),
        Chapter(
            state: "unknown-row", verdict: .ahead, errors: ["version.ahead", "version.rows.unknown"],
            verify: .aheadUnknown, fix: .refused, refusal: .precondition, end: .ahead),
        Chapter(
            state: "columns-dropped", verdict: .behind, errors: ["version.behind"], verify: .behind,
            fix: .nothingToDo, applied: [Prospects.head]),
        Chapter(
            state: "stamped", verdict: .drifted, errors: ["schema.missingColumn"], verify: .drifted,
            fix: .nothingToDo, end: .drifted),
        Chapter(
            state: "story", verdict: .corrupt,
            errors: ["schema.missingColumn", "version.behind", "version.rows.redundant"],
            verify: .corrupt, fix: .planned, refusal: .precondition, applied: [Prospects.head]),
    ]

    @Test(arguments: chapters) func chapter(_ chapter: Chapter) async throws {
        try await Prospects.withAgent(chapter.state) { agent, database in
            let data = try await Prospects.data(database)
            try await Self.diagnose(chapter, agent)
            if let refusal = chapter.refusal { try await Self.refused(refusal, agent, database) }
            try await Self.repair(chapter, agent, database)
            try await Self.migrate(chapter, agent, database)

            let end = try await agent.adminctl("--json", "diagnose", "--fresh")
            let diagnosis = try end.result(Diagnose.Result.self)
            #expect(diagnosis.verdict == chapter.end)
            #expect(diagnosis.healthy == (chapter.end == .inSync))
            #expect(end.status == (chapter.end == .inSync ? 0 : 1))
            #expect(try await Prospects.data(database) == data)
        }
    }

    private static func diagnose(_ chapter: Chapter, _ agent: AgentFixture) async throws {
        let outcome = try await agent.adminctl("--json", "diagnose", "--fresh")
        let diagnosis = try outcome.result(Diagnose.Result.self)
        #expect(diagnosis.verdict == chapter.verdict)
        #expect(diagnosis.findings.filter { $0.severity == .error }.map(\.code).sorted() == chapter.errors)
        #expect(diagnosis.healthy == chapter.errors.isEmpty)
        #expect(outcome.status == (chapter.errors.isEmpty ? 0 : 1))
        #expect(diagnosis.findings.allSatisfy { !$0.remedy.isEmpty && !$0.message.isEmpty })
        let dropsColumns = ["columns-dropped", "stamped", "story"].contains(chapter.state)
        let missing = diagnosis.schema.missingColumns?.filter { $0.table == "prospects" }.map(\.column).sorted()
        #expect(missing == (dropsColumns ? Prospects.droppedColumns : []))
        #expect(diagnosis.schemaMatch == !dropsColumns)

        let verify = try await agent.adminctl("--json", "verify")
        #expect(try verify.result(Verify.Result.self).verdict == chapter.verify)
        #expect(verify.status == (chapter.verify == .equal ? 0 : 1))

        let text = try await agent.adminctl("diagnose")
        #expect(text.standardOutput.contains(chapter.verdict.rawValue))
        for code in chapter.errors { #expect(text.standardOutput.contains(code)) }
    }

    /// A migration that would do harm is refused, and nothing is changed.
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

    private static func repair(_ chapter: Chapter, _ agent: AgentFixture, _ database: TestDatabase) async throws {
        let plan = try await agent.adminctl("--json", "fixVersion")
        let planned = try plan.result(FixVersion.Result.self)
        #expect(planned.state == chapter.fix)
        #expect(plan.status == (chapter.fix == .refused ? 1 : 0))
        switch chapter.fix {
        case .planned:
            // A plan changes nothing.
            #expect(try await agent.diagnose().versionTable.rows?.count == 2)
            let id = try #require(planned.plan)
            let applied = try await agent.adminctl("--json", "fix-version", "--apply", "--plan", id)
            let result = try applied.result(FixVersion.Result.self)
            #expect(result.state == .applied)
            #expect(result.after == planned.after)
            #expect(try await database.versions() == result.after)
            #expect(result.changes.map(\.row) == [Prospects.base])
        case .refused:
            #expect(planned.reason?.isEmpty == false)
            guard let choice = chapter.choice else { return }
            let applied = try await agent.adminctl("--json", "fixVersion", "--to", choice, "--apply")
            #expect(try applied.result(FixVersion.Result.self).state == .applied)
            #expect(try await database.versions() == [choice])
        default:
            let applied = try await agent.adminctl("--json", "fixVersion", "--apply")
            #expect(try applied.result(FixVersion.Result.self).state == .nothingToDo)
        }
    }

    private static func migrate(_ chapter: Chapter, _ agent: AgentFixture, _ database: TestDatabase) async throws {
        guard chapter.end != .ahead else { return }
        let plan = try await agent.adminctl("--json", "plan").result(Plan.Result.self)
        #expect(plan.revisions.map(\.id) == chapter.applied)
        let first = try await agent.adminctl("--json", "migrate", "--plan", plan.plan)
        let migrated = try first.result(Migrate.Result.self)
        #expect(first.status == 0)
        #expect(migrated.state == .succeeded)
        #expect(migrated.applied == chapter.applied)
        #expect(try await database.versions() == [Prospects.head])

        let second = try await agent.adminctl("--json", "migrate").result(Migrate.Result.self)
        #expect(second.state == .succeeded)
        #expect(second.applied.isEmpty)
    }
}
