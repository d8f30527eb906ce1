import Diagnosis
import Support
import Testing
import Wire

/// The agent is killed with SIGKILL while a migration runs.
@Suite struct KilledAgentTests {
    /// Starts a migration, kills the agent when the migration reaches the barrier, and waits until the runner has ended.
    ///
    /// - Returns: the job's id.
    private static func killAtTheBarrier(_ fixture: ProjectFixture, _ barrier: Barrier) async throws -> String {
        let agent = fixture.agent
        let job = try await agent.call(Migrate.self, .init(wait: false)).job
        try await barrier.reached()
        let children = Processes.children(of: try #require(agent.process).processIdentifier)
        #expect(!children.isEmpty)
        try await agent.kill()
        try await eventually("the runner ends without intervention") { !children.contains(where: Processes.isRunning) }
        return job
    }

    @Test func runnerEndsAndVersionRowsDecideTheJob() async throws {
        try await ProjectFixture.with(arrange: { settings, project in
            settings.database = [Barrier.setting]
            try project.revisions(3) { $0 == 2 ? Barrier.python : "pass" }
        }) { fixture in
            let job = try await Barrier.with(fixture.database) { barrier in
                let job = try await Self.killAtTheBarrier(fixture, barrier)
                // The barrier stays closed: the backend must detect that its client has disconnected.
                try await eventually("the backend ends", deadline: .seconds(30)) { try await barrier.waiter() == nil }
                return job
            }
            try await fixture.agent.start()
            let entry = try await fixture.agent.finishedJob(job)
            #expect(entry.state == .failed)
            #expect(entry.error?.code == .migrationFailed)
            #expect(entry.error?.details?["applied"] == ["a00000000000", "b00000000001"])
            let diagnosis = try await fixture.agent.diagnose()
            #expect(diagnosis.verdict == .behind)
            #expect(diagnosis.versionTable.rows == ["b00000000001"])
            #expect(diagnosis.revisions?.pending == ["b00000000002", "b00000000003"])

            let result = try await fixture.agent.call(Migrate.self, .init())
            #expect(result.applied == ["b00000000002", "b00000000003"])
            #expect(try await fixture.steps() == ["a00000000000", "b00000000001", "b00000000002", "b00000000003"])
            #expect(try await fixture.agent.diagnose().healthy)
        }
    }

    /// Statements that no rollback undoes persist although nothing is recorded: the job names their revision.
    @Test(arguments: ["a block", "an engine"]) func persistedStatementsAreNamed(of kind: String) async throws {
        let isEngine = kind == "an engine"
        let connected = isEngine ? "connection.execution_options(isolation_level=\"AUTOCOMMIT\")" : "pass"
        try await ProjectFixture.with(
            environment: SmallProject.environment(connected: connected),
            arrange: { settings, project in
                settings.database = [Barrier.setting]
                let create = "op.execute(\"CREATE TABLE kept (id integer)\")"
                let block = isEngine ? create : "with op.get_context().autocommit_block():\n    \(create)"
                try project.revisions(1) { _ in "\(block)\n\(Barrier.python)" }
            }
        ) { fixture in
            let job = try await Barrier.with(fixture.database) { barrier in
                let job = try await Self.killAtTheBarrier(fixture, barrier)
                try await eventually("the backend ends", deadline: .seconds(30)) { try await barrier.waiter() == nil }
                return job
            }
            try await fixture.agent.start()
            let entry = try await fixture.agent.finishedJob(job)
            #expect(entry.state == .failed && entry.error?.retryable == false)
            #expect(entry.error?.details?["applied"] == ["a00000000000"], "\(entry)")
            #expect(entry.error?.details?["persisted"] == ["b00000000001"])
            #expect(entry.error?.message.contains("statements of b00000000001 were committed") == true)
            #expect(try await fixture.database.value("SELECT to_regclass('kept')") == "kept")
        }
    }

    /// The orphaned backend does not detect that its client has disconnected, so the next run waits for it.
    @Test func nextRunWaitsForTheOrphanedBackend() async throws {
        try await ProjectFixture.with(arrange: { settings, project in
            settings.database = [Barrier.setting]
            try project.revisions(2) {
                $0 == 1 ? "op.execute(\"SET client_connection_check_interval = 0\")\n\(Barrier.python)" : "pass"
            }
        }) { fixture in
            let agent = fixture.agent
            try await Barrier.with(fixture.database) { barrier in
                let job = try await Self.killAtTheBarrier(fixture, barrier)
                let orphan = try #require(try await barrier.waiter())
                try await agent.start()
                let impatient = try await agent.refusal(Migrate.self, .init(), deadline: 700)
                #expect([.conflict, .deadlineExceeded].contains(impatient.code))
                #expect(try await barrier.waiter() == orphan)
                let diagnosis = try await agent.diagnose()
                #expect(diagnosis.versionTable.rows == ["a00000000000"])
                #expect(diagnosis.verdict == .behind)

                let next = try await agent.call(Migrate.self, .init(wait: false)).job
                #expect(try await barrier.waiter() == orphan)
                #expect(try await fixture.database.versions() == ["a00000000000"])
                await barrier.open()
                #expect(try await agent.finishedJob(next).state == .succeeded)
                #expect(try await agent.finishedJob(job).state == .failed)
            }
            #expect(try await fixture.steps() == ["a00000000000", "b00000000001", "b00000000002"])
        }
    }

    /// A backend that another host left behind holds the fence lock; the error names it.
    @Test func foreignBackendWithFenceLockIsNamed() async throws {
        try await ProjectFixture.with { fixture in
            let foreign = try await FenceLockSession.open(fixture.database)
            let error = try await fixture.agent.refusal(Migrate.self, .init(), deadline: 500)
            #expect(error.code == .conflict)
            #expect(error.details?["pid"]?.integerValue == foreign.pid)
            #expect(error.message.contains("left-over run"))
            #expect(try await fixture.steps().isEmpty)

            var messages: [String] = []
            let result = try await fixture.agent.call(Migrate.self, .init(), stream: true) { event in
                guard let progress = event.progress, progress.phase == .waiting else { return }
                let message = progress.message ?? ""
                messages.append(message)
                if message.contains("\(foreign.pid)") { await foreign.close() }
            }
            // The server may take a moment to end the lock session of the first job: then that is waited for first.
            #expect((1...2).contains(messages.count))
            #expect(messages.last?.contains("\(foreign.pid)") == true)
            #expect(result.applied == [SmallProject.base])
        }
    }

    /// Whenever the agent is killed, each recorded revision has run exactly once.
    @Test func killedAtRandomTimes() async throws {
        let count = 6
        try await ProjectFixture.with(arrange: { _, project in try project.revisions(count) }) { fixture in
            let agent = fixture.agent
            for _ in 1...5 {
                let instant = Int.random(in: 0...count * 2)
                var seen = 0
                let job = try await agent.call(Migrate.self, .init(wait: false)).job
                // Ends when the killed agent closes the connection, or with the job.
                _ = try? await agent.call(Watch.self, .init(job: job), stream: true) { _ in
                    seen += 1
                    if seen > instant { try await agent.kill() }
                }
                try await agent.kill()
                try await agent.start()
                let entry = try await agent.finishedJob(job)
                let steps = try await fixture.steps()
                #expect(Set(steps).count == steps.count, "killed after \(instant) events")
                if entry.state == .succeeded {
                    #expect(steps.count == count + 1)
                } else if let applied = entry.error?.details?["applied"]?.arrayValue {
                    #expect(applied.map(\.stringValue) == Array(steps.suffix(applied.count)))
                }
                #expect((try await agent.diagnose().versionTable.rows ?? []) == Array(steps.suffix(1)))
            }
            try await agent.call(Migrate.self, .init())
            let steps = try await fixture.steps()
            #expect(steps.count == count + 1)
            #expect(Set(steps).count == count + 1)
            #expect(try await agent.diagnose().verdict == .inSync)
        }
    }
}
