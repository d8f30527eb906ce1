import Diagnosis
import Inspection
import Plans
import Revisions
import Schema
import Support
import Testing
import Wire

@testable import Jobs

/// Plans as jobs make them, from values.
@Suite struct PlanningInputsTests {
    private static func error(_ body: () throws -> Void) -> JobsError? {
        do {
            try body()
            return nil
        } catch {
            return error as? JobsError
        }
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        var presence: VersionTableFacts.Presence
        var failure: InspectionError.Code?
        var code: ErrorCode
        var says: String
        var testDescription: String { "\(presence) \(failure.map(\.rawValue) ?? "")" }
    }

    /// env.py fails as well when it cannot read the version table, and explains less.
    static let refusals = [
        Refusal(
            presence: .denied(message: "permission denied for table"), failure: .projectInvalid,
            code: .permissionDenied, says: "permission denied for table"),
        Refusal(
            presence: .denied(message: "permission denied for table"), failure: nil, code: .permissionDenied,
            says: "public.alembic_version"),
        Refusal(
            presence: .other(kind: "view"), failure: .databaseUnavailable, code: .precondition,
            says: "is a view, not a version table"),
        Refusal(
            presence: .table(rows: ["a"]), failure: .projectInvalid, code: .projectInvalid, says: "env.py failed"),
        Refusal(presence: .missing, failure: .databaseUnavailable, code: .databaseUnavailable, says: "env.py failed"),
    ]

    @Test(arguments: refusals) func theVersionTableIsCheckedBeforeTheProject(_ refusal: Refusal) throws {
        let inputs = try PlanningFixture.inputs(
            refusal.presence, expected: ["id"], failure: refusal.failure.map { InspectionError($0, "env.py failed") })
        let errors = [
            Self.error { _ = try inputs.migrationPlan(to: nil) }, Self.error { _ = try inputs.repairPlan(to: ["a"]) },
            Self.error { _ = try inputs.alignmentPlan() }, Self.error { try inputs.requireProject() },
        ]
        for error in errors {
            #expect(error?.code == refusal.code)
            #expect(error?.message.contains(refusal.says) == true, "\(error?.message ?? "no error")")
        }
    }

    /// Scripts that cannot be used are named, not the version table or the replay that waits for them.
    @Test(arguments: [VersionTableFacts.Presence.missing, .table(rows: ["a"])])
    func unusableScriptsAreNamed(_ presence: VersionTableFacts.Presence) throws {
        let graph = RevisionGraph("a:b", "b:a")
        #expect(!graph.isUsable)
        let inputs = try PlanningFixture.inputs(presence, graph: graph, expected: nil)
        for error in [
            Self.error { _ = try inputs.migrationPlan(to: nil) }, Self.error { _ = try inputs.alignmentPlan() },
        ] {
            #expect(error?.code == .projectInvalid && error?.message.contains("cycle") == true, "\(error as Any)")
        }
    }

    /// The tables of another project do not matter, but until the replay is done nobody knows whose they are.
    @Test func tablesWithoutVersionRows() throws {
        var inputs = try PlanningFixture.inputs(.missing, expected: ["id"])
        inputs.diagnosis.facts.applicationTables = [TableName(schema: "public", name: "other")]
        (inputs.diagnosis.facts.projectTables, inputs.diagnosis.facts.isReplaying) = ([], true)
        let early = Self.error { _ = try inputs.migrationPlan(to: nil) }
        #expect(early?.code == .deadlineExceeded && early?.message.contains("replayed") == true)
        #expect(inputs.needsReplayToMigrate)
        inputs.diagnosis.facts.isReplaying = false
        #expect(Self.error { _ = try inputs.migrationPlan(to: nil) } == nil)
        inputs.diagnosis.facts.projectTables = inputs.diagnosis.facts.applicationTables
        #expect(Self.error { _ = try inputs.migrationPlan(to: nil) }?.code == .precondition)
    }

    // MARK: Migrations

    @Test func withoutTargetsAMigrationRunsToTheHeads() throws {
        let inputs = try PlanningFixture.inputs(.table(rows: ["a"]))
        let plan = try inputs.migrationPlan(to: nil)
        #expect(plan.from == ["a"] && plan.steps == ["b", "c"] && plan.to == ["c"])
        #expect(try inputs.migrationPlan(to: ["heads"]).id == plan.id)
        #expect(try inputs.migrationPlan(to: ["b"]).steps == ["b"])
        #expect(try inputs.migrationPlan(to: ["+1"]).steps == ["b"])
    }

    @Test func aFreshDatabaseRunsEverything() throws {
        let plan = try PlanningFixture.inputs(.missing, live: nil).migrationPlan(to: nil)
        #expect(plan.from == [] && plan.steps == ["a", "b", "c"])
    }

    /// A request names the plan that it was shown: edited scripts and other rows make another one.
    @Test func thePlansIdDependsOnScriptsAndRows() throws {
        func id(_ rows: [String?], _ contentHash: String) throws -> String {
            try PlanningFixture.inputs(.table(rows: rows), contentHash: contentHash).migrationPlan(to: nil).id
        }
        let first = try id(["a"], "h")
        #expect(try id(["a"], "h") == first)
        #expect(try id(["a"], "other") != first)
        #expect(try id(["b"], "h") != first)
    }

    @Test(
        arguments: [
            (["a"], ["zz"], .badParams), (["zz"], nil, .precondition), ([nil], nil, .precondition),
            (["a", "b"], nil, .precondition), ([], nil, .precondition), (["a"], ["b", "zz"], .badParams),
        ] as [([String?], [String]?, ErrorCode)])
    func migrationsThatCannotBePlanned(rows: [String?], targets: [String]?, code: ErrorCode) throws {
        let inputs = try PlanningFixture.inputs(.table(rows: rows))
        #expect(Self.error { _ = try inputs.migrationPlan(to: targets) }?.code == code)
    }

    @Test func aBrokenGraphNamesItsProblem() throws {
        let graph = RevisionGraph("a", "b:gone")
        let inputs = try PlanningFixture.inputs(.table(rows: ["a"]), graph: graph)
        let error = Self.error { _ = try inputs.migrationPlan(to: nil) }
        #expect(error?.code == .projectInvalid && error?.isRetryable == false)
        #expect(error?.details.first?.value == .string(GraphProblem.Code.missingParent))
        #expect(error?.details.first { $0.name == "file" }?.value == "versions/b.py")
    }

    // MARK: Privileges

    /// Of the pending revisions b and c, only c changes a table of another owner.
    private static func inputs(securityDefiner: Bool) throws -> PlanningInputs {
        var inputs = try PlanningFixture.inputs(.table(rows: ["a"]))
        let users = ObjectKey(.relation, schema: "public", name: "users")
        inputs.diagnosis.facts.versionTable = inputs.live.versionTable
        inputs.diagnosis.facts.privileges = PrivilegeFacts(
            role: RolePrivileges(
                role: "app", serverVersion: 150_004, database: "shop", foreignObjects: [users: .init(owner: "boss")],
                rowStatements: [.update]),
            operations: ["c": [.alters(users)]], hasSecurityDefiner: securityDefiner)
        inputs.diagnosis = DatabaseDiagnosis(facts: inputs.diagnosis.facts)
        return inputs
    }

    @Test func aRunThatFailsForCertainIsRefused() throws {
        let inputs = try Self.inputs(securityDefiner: false)
        let (all, first) = (try inputs.migrationPlan(to: nil), try inputs.migrationPlan(to: ["b"]))
        let error = Self.error { try inputs.requirePrivileges(for: all) }
        #expect(error?.code == .permissionDenied && error?.isRetryable == false)
        #expect(error?.message.contains("role app lacks the ownership of public.users, which belongs to boss") == true)
        #expect(Self.error { try inputs.requirePrivileges(for: first) } == nil)
        #expect(inputs.findings(about: all).map(\.code) == inputs.diagnosis.assessment.findings.map(\.code))
        #expect(inputs.findings(about: all).contains { $0.code == "server.missingPrivileges" })
        #expect(!inputs.findings(about: first).contains { $0.code == "server.missingPrivileges" })
    }

    @Test func aRunThatMaySucceedIsNotRefused() throws {
        let inputs = try Self.inputs(securityDefiner: true)
        let plan = try inputs.migrationPlan(to: nil)
        #expect(Self.error { try inputs.requirePrivileges(for: plan) } == nil)
        let finding = inputs.findings(about: plan).first { $0.code == "server.missingPrivileges" }
        #expect(finding?.severity == .warning && finding?.message.hasSuffix("migrate may fail.") == true)
    }

    // MARK: Repairs

    @Test func repairsOfRows() throws {
        func plan(_ presence: VersionTableFacts.Presence, to target: [String]? = nil) throws -> RowRepair.Outcome {
            try PlanningFixture.inputs(presence).repairPlan(to: target).repair
        }
        #expect(try plan(.table(rows: ["c"])) == .nothingToDo)
        guard case .planned(let changes, let after) = try plan(.table(rows: ["a", "c"])) else {
            Issue.record("a redundant row can be deleted")
            return
        }
        #expect(changes.map(\.action) == ["delete"] && changes.map(\.row) == ["a"] && after == ["c"])
        guard case .refused = try plan(.missing) else {
            Issue.record("without a choice a missing table is not created")
            return
        }
        guard case .planned(_, let chosen) = try plan(.missing, to: ["b"]) else {
            Issue.record("with a choice the table is created")
            return
        }
        #expect(chosen == ["b"])
    }

    // MARK: Alignment

    @Test func anUnknownExpectationAlignsNothing() throws {
        let error = Self.error { _ = try PlanningFixture.inputs(.table(rows: ["a"])).alignmentPlan() }
        #expect(error?.code == .precondition && error?.message.contains("'diagnose' says why") == true)
    }

    @Test func missingColumnsOfTheMigrationsAreAdded() throws {
        let plan = try PlanningFixture.inputs(.table(rows: ["a"]), live: ["id"], expected: ["id", "name"])
            .alignmentPlan()
        #expect(plan.columns == [AlignmentPlan.Column(schema: "public", table: "users", column: "name", type: "text")])
        #expect(plan.advice.isEmpty && plan.id != nil)
    }

    /// What only the models have belongs into a revision; the comparison of the diagnosis shows it.
    @Test func columnsOfTheModelsAreAdvice() throws {
        let plan = try PlanningFixture.inputs(
            .table(rows: ["a"]), live: ["id"], expected: ["id"], models: ["id", "extra"]
        ).alignmentPlan()
        #expect(plan.columns.isEmpty && plan.id == nil)
        #expect(plan.advice.map(\.object) == ["users.extra"])
    }

    // MARK: The plan of a request

    @Test(
        arguments: [("p", "p", true), ("p", nil, true), (nil, nil, true), ("p", "q", false), (nil, "q", false)]
            as [(String?, String?, Bool)])
    func theRequestsPlan(current: String?, expected: String?, isAccepted: Bool) {
        let error = Self.error { try require(plan: current, is: expected) }
        #expect((error == nil) == isAccepted)
        guard let error else { return }
        #expect(error.code == .precondition && !error.isRetryable)
        #expect(error.message.hasPrefix("plan q is out of date"))
    }
}
