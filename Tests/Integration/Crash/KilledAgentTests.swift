import Diagnosis
import Support
import Testing
import Wire

/// `kill -9` of the agent while a migration runs.
@Suite struct KilledAgentTests {
    /// Starts a migration without waiting for it, kills the agent at the barrier, and checks that the child is gone.
    private static func killAtTheBarrier(_ workshop: Workshop, _ barrier: Barrier) async throws -> String {
        let agent = workshop.agent
        let job = try #require(try await agent.call(Migrate.self, .init(wait: false)).job)
        try await barrier.reached()
        let children = Processes.children(of: try #require(agent.process).processIdentifier)
        #expect(!children.isEmpty)
        try await agent.kill()
        try await eventually("the child ends by itself") { !children.contains(where: Processes.isRunning) }
        return job
    }

    @Test func theChildEndsAndTheJobIsSettledByTheRows() async throws {
        try await Workshop.with(arrange: { settings, project in
            settings.database = [Barrier.setting]
            try project.revisions(3) { $0 == 2 ? Barrier.python : "pass" }
        }) { workshop in
            let job = try await Barrier.with(workshop.database) { barrier in
                let job = try await Self.killAtTheBarrier(workshop, barrier)
                // The barrier stays closed: the backend itself must notice that its client is gone.
                try await eventually("the backend ends", deadline: .seconds(30)) { try await barrier.waiter() == nil }
                return job
            }
            try await workshop.agent.start()
            let entry = try await workshop.agent.settled(job)
            #expect(entry.state == .failed)
            #expect(entry.error?.code == .migrationFailed)
            #expect(entry.error?.details?["applied"] == ["a00000000000", "b00000000001"])
            let diagnosis = try await workshop.agent.diagnose()
            #expect(diagnosis.verdict == .behind)
            #expect(diagnosis.versionTable.rows == ["b00000000001"])
            #expect(diagnosis.revisions?.pending == ["b00000000002", "b00000000003"])

            let result = try await workshop.agent.call(Migrate.self, .init())
            #expect(result.applied == ["b00000000002", "b00000000003"])
            #expect(try await workshop.steps() == ["a00000000000", "b00000000001", "b00000000002", "b00000000003"])
            #expect(try await workshop.agent.diagnose().healthy)
        }
    }

    /// The backend of the killed run does not notice that it is an orphan: the next run has to.
    @Test func aRunThatStartsAtOnceWaitsForTheOrphan() async throws {
        try await Workshop.with(arrange: { settings, project in
            settings.database = [Barrier.setting]
            try project.revisions(2) {
                $0 == 1 ? "op.execute(\"SET client_connection_check_interval = 0\")\n\(Barrier.python)" : "pass"
            }
        }) { workshop in
            let agent = workshop.agent
            try await Barrier.with(workshop.database) { barrier in
                let job = try await Self.killAtTheBarrier(workshop, barrier)
                let orphan = try #require(try await barrier.waiter())
                try await agent.start()
                let impatient = try await agent.refusal(Migrate.self, .init(), deadline: 700)
                #expect([.conflict, .deadlineExceeded].contains(impatient.code))
                #expect(try await barrier.waiter() == orphan)
                let diagnosis = try await agent.diagnose()
                #expect(diagnosis.versionTable.rows == ["a00000000000"])
                #expect(diagnosis.verdict == .behind)

                let next = try #require(try await agent.call(Migrate.self, .init(wait: false)).job)
                #expect(try await barrier.waiter() == orphan)
                #expect(try await workshop.database.versions() == ["a00000000000"])
                await barrier.open()
                #expect(try await agent.settled(next).state == .succeeded)
                #expect(try await agent.settled(job).state == .failed)
            }
            #expect(try await workshop.steps() == ["a00000000000", "b00000000001", "b00000000002"])
        }
    }

    /// A backend that some other host left behind, found by the fence and named.
    @Test func aForeignBackendAtTheFenceIsNamed() async throws {
        try await Workshop.with { workshop in
            let foreign = try await FenceHolder.hold(workshop.database)
            let error = try await workshop.agent.refusal(Migrate.self, .init(), deadline: 500)
            #expect(error.code == .conflict)
            #expect(error.details?["pid"]?.integerValue == foreign.pid)
            #expect(error.message.contains("left-over run"))
            #expect(try await workshop.steps().isEmpty)

            var messages: [String] = []
            let result = try await workshop.agent.call(Migrate.self, .init(), stream: true) { event in
                guard let progress = event.progress, progress.phase == .waiting else { return }
                messages.append(progress.message ?? "")
                await foreign.end()
            }
            #expect(messages.count == 1)
            #expect(messages.first?.contains("\(foreign.pid)") == true)
            #expect(result.applied == [SmallProject.base])
        }
    }

    /// Wherever it strikes, what is recorded has run exactly once.
    @Test func anyInstant() async throws {
        let count = 6
        try await Workshop.with(arrange: { _, project in try project.revisions(count) }) { workshop in
            let agent = workshop.agent
            for _ in 1...5 {
                let instant = Int.random(in: 0...count * 2)
                var seen = 0
                let job = try #require(try await agent.call(Migrate.self, .init(wait: false)).job)
                // Ends with the connection when the agent dies, or with the job.
                _ = try? await agent.call(Watch.self, .init(job: job), stream: true) { _ in
                    seen += 1
                    if seen > instant { try await agent.kill() }
                }
                try await agent.kill()
                try await agent.start()
                let entry = try await agent.settled(job)
                let steps = try await workshop.steps()
                #expect(Set(steps).count == steps.count, "killed after \(instant) events")
                if entry.state == .succeeded {
                    #expect(steps.count == count + 1)
                } else if let applied = entry.error?.details?["applied"]?.arrayValue {
                    #expect(applied.map(\.stringValue) == Array(steps.suffix(applied.count)))
                }
                #expect((try await agent.diagnose().versionTable.rows ?? []) == Array(steps.suffix(1)))
            }
            try await agent.call(Migrate.self, .init())
            let steps = try await workshop.steps()
            #expect(steps.count == count + 1)
            #expect(Set(steps).count == count + 1)
            #expect(try await agent.diagnose().verdict == .inSync)
        }
    }
}
