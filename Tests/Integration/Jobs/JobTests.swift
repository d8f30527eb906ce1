import FoundationEssentials
import Glibc
import Support
import Testing
import Wire

/// Mutations are jobs: recorded, independent of the client's connection, and executed once.
@Suite struct JobTests {
    @Test func lostConnectionDoesNotStopAMigration() async throws {
        try await ProjectFixture.with(
            arrange: { settings, project in
                settings.database = [Barrier.setting]
                try project.revisions(1) { _ in Barrier.python }
            }
        ) { fixture in
            let agent = fixture.agent
            try await Barrier.with(fixture.database) { barrier in
                let connection = try await FrameConnection.open(agent.adminSocket)
                let body = try Request(id: "gone", Migrate.self, .init(), stream: true).encoded()
                try await connection.send(body, key: try agent.key("tests"))
                try await barrier.reached()
                connection.stream.close()
                let job = try #require(try await agent.call(Jobs.self, .init(state: .running)).jobs.first)
                #expect(job.principal == "tests")
                await barrier.open()
                let entry = try await agent.finishedJob(job.id)
                #expect(entry.state == .succeeded)
                #expect(entry.result?["applied"] == ["a00000000000", "b00000000001"])
            }
            #expect(try await fixture.steps() == ["a00000000000", "b00000000001"])
        }
    }

    @Test func concurrentMigrationsRunOnce() async throws {
        try await ProjectFixture.with(arrange: { try $1.revisions(3) }) { fixture in
            let agent = fixture.agent
            let results = try await withThrowingTaskGroup(of: Migrate.Result.self) { group in
                for number in 1...6 {
                    let key: String? = number % 2 == 0 ? "deploy-\(number)" : nil
                    group.addTask { try await agent.call(Migrate.self, .init(), idempotencyKey: key) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(results.allSatisfy { $0.state == .succeeded })
            #expect(results.filter { !$0.applied.isEmpty }.count == 1)
            #expect(results.flatMap(\.applied).count == 4)
            #expect(try await fixture.steps().count == 4)
        }
    }

    /// The deadline also limits the time that a job waits in the queue.
    @Test func queuedJob() async throws {
        try await ProjectFixture.with(
            arrange: { settings, project in
                settings.database = [Barrier.setting]
                try project.revisions(1) { _ in Barrier.python }
            }
        ) { fixture in
            let agent = fixture.agent
            try await Barrier.with(fixture.database) { barrier in
                let job = try await agent.call(Migrate.self, .init(wait: false)).job
                try await barrier.reached()
                let second = try await agent.refusal(Migrate.self, .init(), deadline: 400)
                #expect([.conflict, .deadlineExceeded].contains(second.code))
                #expect(second.retryable)
                let third = try await agent.call(Migrate.self, .init(wait: false)).job
                #expect(try await agent.call(Jobs.self, .init(id: third)).jobs.first?.state == .queued)
                #expect(try await barrier.waiter() != nil)
                await barrier.open()
                #expect(try await agent.finishedJob(job).state == .succeeded)
                #expect(try await agent.finishedJob(third).result?["applied"] == [])
            }
            #expect(try await fixture.steps() == ["a00000000000", "b00000000001"])
        }
    }

    /// The journal says what a run did itself, and in which transactions.
    @Test func stepsOfARun() async throws {
        try await ProjectFixture.with(arrange: { _, project in try project.revisions(1) }) { fixture in
            let agent = fixture.agent
            let job = try await agent.call(Migrate.self, .init()).job
            let steps = try #require(try await agent.call(Jobs.self, .init(id: job)).jobs.first?.steps)
            let revision: [JobEntry.Step.Name] = [.revisionStarted, .committing, .committed]
            let commits = steps.filter { $0.step == .committing && $0.revision != nil }
            #expect(commits.map(\.revision) == [SmallProject.base, "b00000000001"])
            // The version table may be created in a transaction of its own.
            let others = steps.filter { $0.step != .committing || $0.revision != nil }
            #expect(
                others.map(\.step) == [.admitted, .started, .connected] + revision + revision + [.concluded], "\(steps)"
            )
            for commit in commits {
                let status = try await fixture.database.value("SELECT pg_xact_status('\(commit.xid ?? "")'::xid8)")
                #expect(status == "committed" && commit.scriptHash?.count == 64)
            }
            #expect(try await agent.call(Jobs.self, .init()).jobs.first?.steps == nil)

            try await fixture.database.execute("INSERT INTO alembic_version VALUES ('\(SmallProject.base)')")
            let repair = try await agent.call(FixVersion.self, .init(apply: true)).repair
            let own = try await agent.call(Jobs.self, .init(id: repair)).jobs.first?.steps
            #expect(own?.map(\.step) == [.admitted, .started, .committing, .committed, .concluded])
            #expect(own?[2].xid != nil && own?[2].xid == own?[3].xid)
        }
    }

    /// Two agents on one database exclude each other with the runner lock.
    @Test func twoAgentsOnOneDatabase() async throws {
        try await ProjectFixture.with(
            arrange: { settings, project in
                settings.database = [Barrier.setting]
                try project.revisions(1) { _ in Barrier.python }
            }
        ) { first in
            try await AgentFixture.with { _ in
                AgentFixture.Settings(
                    url: first.database.url, project: first.project.path, environment: SmallProject.variables)
            } body: { second in
                try await Barrier.with(first.database) { barrier in
                    let job = try await first.agent.call(Migrate.self, .init(wait: false)).job
                    try await barrier.reached()
                    let error = try await second.refusal(Migrate.self, .init(), deadline: 500)
                    #expect(error.code == .conflict)
                    #expect(error.retryable)
                    #expect(error.details?["job"]?.stringValue == job)
                    #expect(
                        try await second.refusal(FixVersion.self, .init(apply: true), deadline: 500).code == .conflict)
                    await barrier.open()
                    #expect(try await first.agent.finishedJob(job).state == .succeeded)
                }
                #expect(try await second.call(Migrate.self, .init()).applied.isEmpty)
            }
        }
    }

    @Test func idempotencyKeys() async throws {
        try await ProjectFixture.with { fixture in
            let agent = fixture.agent
            let first = try await agent.call(Migrate.self, .init(), idempotencyKey: "deploy-1")
            let second = try await agent.call(Migrate.self, .init(), idempotencyKey: "deploy-1")
            #expect(first == second)
            #expect(first.applied == [SmallProject.base])
            // `wait` is not part of the request that the key identifies; the other parameters are.
            let third = try await agent.call(Migrate.self, .init(wait: false), idempotencyKey: "deploy-1")
            #expect(third.job == first.job)
            let other = try await agent.refusal(
                Migrate.self, .init(to: [SmallProject.base]), idempotencyKey: "deploy-1")
            #expect(other.code == .idempotencyMismatch)
            #expect(other.details?["job"]?.stringValue == first.job)
            // The same idempotency key of another principal is a different one.
            let stranger = try await agent.call(Migrate.self, .init(), key: "migrator", idempotencyKey: "deploy-1")
            #expect(stranger.job != first.job)
            try await agent.kill()
            try await agent.start()
            #expect(try await agent.call(Migrate.self, .init(), idempotencyKey: "deploy-1") == first)
        }
    }

    /// After a retryable failure the same key starts a new job; after a permanent one it returns the failure.
    @Test func idempotencyAfterFailures() async throws {
        try await ProjectFixture.with(arrange: { try $1.revisions(1) { _ in "raise ValueError('no')" } }) { fixture in
            let agent = fixture.agent
            let fence = try await FenceLockSession.open(fixture.database)
            #expect(
                try await agent.refusal(Migrate.self, .init(), idempotencyKey: "k", deadline: 300).code == .conflict)
            await fence.close()
            let failed = try await agent.refusal(Migrate.self, .init(), idempotencyKey: "k")
            #expect(failed.code == .migrationFailed)
            #expect(try await agent.refusal(Migrate.self, .init(), idempotencyKey: "k") == failed)
            #expect(try await agent.call(Jobs.self, .init()).jobs.count == 2)
        }
    }

    @Test func preconditionsOfARequest() async throws {
        try await ProjectFixture.with(arrange: { try $1.revisions(2) }) { fixture in
            let agent = fixture.agent
            let plan = try await agent.call(Plan.self, .init())
            #expect(plan.revisions.map(\.id) == ["a00000000000", "b00000000001", "b00000000002"])
            #expect(plan.from.isEmpty && plan.to == ["b00000000002"])
            #expect(try await agent.refusal(Migrate.self, .init(expectFrom: ["b00000000001"])).code == .precondition)
            #expect(try await agent.refusal(Migrate.self, .init(to: ["nothing"])).code == .badParams)
            let first = try await agent.call(Migrate.self, .init(to: ["b00000000001"], expectFrom: []))
            #expect(first.applied == ["a00000000000", "b00000000001"])
            // The version rows have changed.
            #expect(try await agent.refusal(Migrate.self, .init(expectFrom: [])).code == .precondition)
            #expect(try await agent.refusal(Migrate.self, .init(plan: plan.plan)).code == .precondition)
            let second = try await agent.call(Migrate.self, .init(to: ["+1"], expectFrom: ["b00000000001"]))
            #expect(second.applied == ["b00000000002"])
            #expect(second.from == ["b00000000001"] && second.to == ["b00000000002"])
        }
    }

    @Test func eventsOfARun() async throws {
        try await ProjectFixture.with(
            arrange: { try $1.revisions(2) { "op.execute('CREATE TABLE t\($0) ()')" } }
        ) { fixture in
            var events: [Event] = []
            let result = try await fixture.agent.call(Migrate.self, .init(), stream: true) { events.append($0) }
            let progress = events.compactMap(\.progress)
            #expect(progress.count == events.count)
            #expect(events.compactMap(\.sequence) == (1...Int64(events.count)).map(\.self))
            #expect(Set(events.compactMap(\.job)) == [result.job])
            #expect(progress.filter { $0.phase == .revisionStarted }.compactMap(\.revision) == result.applied)
            #expect(progress.filter { $0.phase == .revisionApplied }.compactMap(\.revision) == result.applied)
            #expect(progress.first?.phase == .starting)
            #expect(progress.last?.phase == .verifying)
            let statements = progress.filter {
                $0.phase == .statement && $0.statement?.hasPrefix("CREATE TABLE t") == true
            }
            #expect(
                statements.map(\.statement) == [
                    "CREATE TABLE t1 ()", "CREATE TABLE t1 ()", "CREATE TABLE t2 ()", "CREATE TABLE t2 ()",
                ])
            #expect(statements.map(\.index) == [2, 2, 3, 3])
            #expect(statements.map { $0.elapsedMs != nil } == [false, true, false, true])
        }
    }

    /// Only the job's owner and scope `admin` see error details and the principal's name.
    @Test func jobOfAnotherPrincipal() async throws {
        try await ProjectFixture.with(arrange: { try $1.revisions(1) { _ in "raise ValueError('no')" } }) { fixture in
            let agent = fixture.agent
            #expect(try await agent.refusal(Migrate.self, .init()).code == .migrationFailed)
            let mine = try #require(try await agent.call(Jobs.self, .init()).jobs.first)
            #expect(mine.principal == "tests" && mine.error?.details != nil)
            let theirs = try #require(try await agent.call(Jobs.self, .init(), key: "reader").jobs.first)
            #expect(theirs.id == mine.id)
            #expect(theirs.principal == nil && theirs.error?.details == nil)
            let query = try await agent.call(Jobs.self, .init(), key: nil, socket: agent.querySocket).jobs.first
            #expect(query?.id == mine.id && query?.principal == nil && query?.error?.details == nil)
            #expect(try await agent.call(Jobs.self, .init(), key: "elsewhere").jobs.isEmpty)
            #expect(try await agent.call(Jobs.self, .init(id: mine.id), key: "elsewhere").jobs.isEmpty)
            #expect(try await agent.refusal(Watch.self, .init(job: mine.id), key: "elsewhere").code == .badParams)
            #expect(try await agent.call(Status.self, .init(), key: "elsewhere").databases.isEmpty)
            #expect(try await agent.refusal(Jobs.self, .init(), key: "elsewhere", database: "main").code == .forbidden)
        }
    }
}
