import Journal
import Revisions
import Support
import Testing
import Wire

@testable import Jobs

/// Migrations: what is stored with them, and how they end without a database.
@Suite struct MigrationJobTests {
    /// a ← b, a ← c: two branches.
    private static let graph = RevisionGraph("a", "b:a", "c:a")
    private static let branches = RecordedPlan(
        from: ["a"], to: ["b", "c"], steps: ["b", "c"], schema: "public", table: "alembic_version")

    private static func recover(
        _ rows: [String?], _ plan: RecordedPlan = branches, own: [String]
    ) async throws -> Result<Migrate.Result, JobsError> {
        try await JobsFixture.with(kinds: [MigrationJob.self]) { fixture in
            let job = MigrationJob(fixture.execution(try await fixture.admit("migrate")), .init())
            let outcome: JobOutcome
            do throws(JobsError) {
                outcome = try await job.outcome(Conclusion(rows, plan, own: own, graph: graph), nil)
            } catch {
                return .failure(error)
            }
            return .success(try JSONText.decode(Migrate.Result.self, from: outcome.result ?? ""))
        }
    }

    /// The rows of a success may be in any order; the report has them sorted.
    @Test(arguments: [["b", "c"], ["c", "b"]]) func bothBranchesFinished(rows: [String]) async throws {
        let result = try await Self.recover(rows, own: ["b", "c"]).get()
        #expect(result.state == .succeeded && result.from == ["a"] && result.to == ["b", "c"])
        #expect(result.applied == ["b", "c"] && result.durationMs == nil && result.findings.isEmpty)
    }

    @Test(
        arguments: [
            (["c"], "1 of 2 revisions are recorded: c", ["c"]), (["a"], "the version table is unchanged", []),
        ] as [([String?], String, [String])])
    func aBranchThatDidNotFinish(rows: [String?], says: String, applied: [String]) async throws {
        let result = try await Self.recover(rows, own: applied)
        let error = #expect(throws: JobsError.self) { try result.get() }
        #expect(error?.code == .migrationFailed && error?.isRetryable == false)
        #expect(error?.message.hasPrefix("the agent ended during the job") == true)
        #expect(error?.message.hasSuffix(says) == true, "\(error?.message ?? "")")
        #expect(error?.details.first?.value == .array(applied.map { .string($0) }))
    }

    /// Rows that the run cannot have left.
    @Test(
        arguments: [(["b", "b", "c"], ["b"]), (["zz"], []), (["c"], ["b"]), (["b"], [])]
            as [([String?], [String])])
    func rowsThatOthersWrote(rows: [String?], own: [String]) async throws {
        let result = try await Self.recover(rows, own: own)
        let error = #expect(throws: JobsError.self) { try result.get() }
        #expect(error?.code == .conflict && error?.isRetryable == own.isEmpty)
        #expect(error?.message.hasPrefix("another session migrated database main meanwhile") == true)
        #expect(error?.details.first?.value == .array(own.map { .string($0) }))
    }

    /// Since the agent ended, the rows have moved on from those of a success.
    @Test func aRunThatIsFoundLate() async throws {
        let result = try await Self.recover(["zz"], own: ["b", "c"]).get()
        #expect(result.state == .succeeded && result.applied == ["b", "c"] && result.to == ["zz"])
        #expect(result.note?.contains("this run recorded b, c") == true)
    }

    /// The first run of a database begins without rows.
    @Test func aFirstMigration() async throws {
        let plan = RecordedPlan(from: [], to: ["a"], steps: ["a"], schema: nil, table: "alembic_version")
        let result = try await Self.recover(["a"], plan, own: ["a"]).get()
        #expect(result.from == [] && result.to == ["a"] && result.applied == ["a"])
    }

    // MARK: Without a database

    @Test func anUnreadableProjectFailsBeforeTheLock() async throws {
        try await JobsFixture.with(kinds: [MigrationJob.self]) { fixture in
            let job = MigrationJob(fixture.execution(try await fixture.admit("migrate")), .init())
            let error = await #expect(throws: JobsError.self) { _ = try await job.outcomeWithoutRunning() }
            #expect(error?.code == .projectInvalid && error?.isRetryable == false)
            #expect(error?.details.first?.value == "project.missing")
        }
    }

    @Test func anUnreachableDatabaseFailsTheJob() async throws {
        try await JobsFixture.with(kinds: [MigrationJob.self]) { fixture in
            try fixture.writeProject()
            let job = try await fixture.admit("migrate", params: #"{"to":["heads"],"expectFrom":[]}"#)
            try await fixture.running(unfinished: [job]) {
                let settled = try await fixture.settled(job.id)
                #expect(settled.state == .failed && settled.isRetryable && settled.startedAt == nil)
                #expect(settled.error?.contains("databaseUnavailable") == true)
            }
        }
    }

    // MARK: Stored parameters

    @Test func theStoredParameters() throws {
        let all = MigrationJob.Parameters(to: ["b"], plan: "p", expectFrom: [], runDeadlineMs: 5)
        #expect(try JobOutcome.json(all) == #"{"expectFrom":[],"plan":"p","runDeadlineMs":5,"to":["b"]}"#)
        #expect(try JobOutcome.json(MigrationJob.Parameters()) == "{}")
        // No expectation is another thing than the expectation of no rows.
        #expect(try JSONText.decode(MigrationJob.Parameters.self, from: "{}").expectFrom == nil)
        #expect(try JSONText.decode(MigrationJob.Parameters.self, from: #"{"expectFrom":[]}"#).expectFrom == [])
    }
}
