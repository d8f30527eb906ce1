import Journal
import Revisions
import Postgres
import Support
import Testing
import Wire

@testable import Jobs

/// Repairs: which of them can be undone is decided by the journal, before the database is read.
@Suite struct RepairJobTests {
    /// Records a repair as its job does.
    private static func record(
        _ fixture: JobsFixture, database: String = "main", before: String = #"["a","b"]"#, after: String = #"["b"]"#
    ) async throws -> String {
        let job = try await fixture.admit("fixVersion", database: database)
        let repair = Repair(id: job.id, database: database, before: before, after: after, appliedAt: 2_000_000)
        await fixture.engine.record(try JobOutcome.succeeded(["applied"], repair: repair), of: job)
        return job.id
    }

    private static func undo(_ fixture: JobsFixture, _ id: String) async throws -> JobsError? {
        let job = try await fixture.admit("fixVersion")
        let runGuard = RunGuard(fixture.queue.database, job: job.id)
        return await #expect(throws: JobsError.self) {
            _ = try await RepairJob(fixture.execution(job), .init(undo: id)).run(runGuard)
        }
    }

    @Test func anUnknownRepair() async throws {
        try await JobsFixture.with { fixture in
            let error = try await Self.undo(fixture, "no\nsuch")
            #expect(error?.code == .badParams && error?.isRetryable == false)
            #expect(error?.message == #"database main has no repair 'no\u{a}such'"#)
        }
    }

    @Test func aRepairOfAnotherDatabase() async throws {
        try await JobsFixture.with { fixture in
            let id = try await Self.record(fixture, database: "other")
            let error = try await Self.undo(fixture, id)
            #expect(error?.code == .badParams && error?.message.contains("database main has no repair") == true)
        }
    }

    @Test func aRepairThatWasUndone() async throws {
        try await JobsFixture.with { fixture in
            let id = try await Self.record(fixture)
            let job = try await fixture.admit("fixVersion")
            await fixture.engine.record(try JobOutcome.succeeded(["undone"], undone: id), of: job)
            let error = try await Self.undo(fixture, id)
            #expect(error?.code == .precondition && error?.message == "repair \(id) was undone before")
        }
    }

    @Test func anEarlierRepairThanTheLatest() async throws {
        try await JobsFixture.with { fixture in
            let first = try await Self.record(fixture)
            let latest = try await Self.record(fixture)
            let error = try await Self.undo(fixture, first)
            #expect(error?.code == .precondition)
            #expect(error?.message == "repair \(first) is not the latest; undo repair \(latest) first")
        }
    }

    @Test func aRecordThatCannotBeRead() async throws {
        try await JobsFixture.with { fixture in
            let id = try await Self.record(fixture, after: "[1]")
            let error = try await Self.undo(fixture, id)
            #expect(error?.code == .internal && error?.message.contains("the record of repair \(id)") == true)
        }
    }

    /// Everything that the journal decides is right; now the project and the database are read.
    @Test func theLatestRepairIsLookedUpInTheDatabase() async throws {
        try await JobsFixture.with { fixture in
            let id = try await Self.record(fixture)
            #expect(try await Self.undo(fixture, id)?.code == .projectInvalid)
            try fixture.writeProject()
            #expect(try await Self.undo(fixture, id)?.code == .databaseUnavailable)
            #expect(try await fixture.engine.journal.repair(id)?.undoneAt == nil)
        }
    }

    @Test func withoutAJournalNothingIsUndone() async throws {
        try await JobsFixture.with { fixture in
            let job = try await fixture.admit("fixVersion")
            try await fixture.engine.journal.close()
            let error = await #expect(throws: JobsError.self) {
                _ = try await RepairJob(fixture.execution(job), .init(undo: "x"))
                    .run(RunGuard(fixture.queue.database, job: job.id))
            }
            #expect(error?.code == .degraded)
        }
    }

    // MARK: Recovery

    private static let plan = RecordedPlan(
        from: ["a", nil], to: ["b"], steps: [], schema: "public", table: "alembic_version")

    /// A repair is one transaction: the rows are those before it, or somebody else's.
    @Test(
        arguments: [
            (["a", nil], "nothing was recorded: the version table is unchanged"), (["a"], "the rows are now a"),
        ] as [([String?], String)], [nil, "earlier"])
    func aRepairThatDidNotFinish(rows: (rows: [String?], says: String), undo: String?) async throws {
        try await JobsFixture.with { fixture in
            let job = RepairJob(fixture.execution(try await fixture.admit("fixVersion")), .init(undo: undo))
            let error = #expect(throws: JobsError.self) {
                try job.outcome(Conclusion(rows.rows, Self.plan, transaction: .aborted), nil)
            }
            #expect(error?.code == .migrationFailed && error?.message.hasSuffix(rows.says) == true)
        }
    }

    /// The recovered repair is recorded with the rows that were found, so that it can be undone.
    @Test func aRecoveredRepairCanBeUndone() async throws {
        try await JobsFixture.with { fixture in
            let job = try await fixture.admit("fixVersion")
            let outcome = try RepairJob(fixture.execution(job), .init()).outcome(
                Conclusion(["b"], Self.plan, transaction: .committed), nil)
            await fixture.engine.record(outcome, of: job)
            let repair = try #require(try await fixture.engine.journal.latestRepair(database: "main"))
            #expect(repair.id == job.id && repair.before == #"["a",null]"# && repair.after == #"["b"]"#)
            let stored = try await fixture.settled(job.id).result ?? ""
            let result = try JSONText.decode(FixVersion.Result.self, from: stored)
            #expect(result.state == .applied && result.repair == job.id)
            #expect(result.before == ["a", nil] && result.after == ["b"])
        }
    }
}
