import Diagnosis
import Postgres
import Support
import Synchronization
import Testing
import Wire

/// A server that is restarted while it is diagnosed: each answer is right, or says that there is none.
@Suite struct RestartTests {
    @Test func noAnswerIsWrongWhileTheServerRestarts() async throws {
        let shadow = try await Shadowed.shadow()
        try await Turn.with {
            try await TestCluster.own { cluster in
                let database = TestDatabase(url: await cluster.url())
                try await AgentFixture.with { folder in
                    let project = try SmallProject(in: folder)
                    return AgentFixture.Settings(
                        url: database.url, project: project.path, environment: SmallProject.variables,
                        tables: [
                            "[[databases.main.probes]]", "name = \"notes\"", "count = \"SELECT count(*) FROM notes\"",
                            "rows = \"SELECT id FROM notes LIMIT 10\"",
                        ], shadow: shadow)
                } body: { agent in
                    try await agent.call(Migrate.self, .init())
                    try await database.execute("INSERT INTO notes VALUES (1, 'x')")
                    #expect(try await agent.whole().verdict == .inSync)

                    let end = End()
                    try await withThrowingTaskGroup(of: [Diagnose.Result].self) { group in
                        for _ in 1...4 {
                            group.addTask {
                                var answers: [Diagnose.Result] = []
                                while !end.hasCome.withLock(\.self) { answers.append(try await agent.diagnose()) }
                                return answers
                            }
                        }
                        for round in 1...6 {
                            if round.isMultiple(of: 2) { try await cluster.kill() } else { try await cluster.stop() }
                            // One question is surely asked while it is away.
                            Self.judge(try await agent.diagnose(), isAway: true)
                            try await cluster.start()
                            try await eventually("round \(round): the server is seen again") {
                                try await agent.diagnose().verdict == .inSync
                            }
                        }
                        end.hasCome.withLock { $0 = true }
                        var count = 0
                        for try await answers in group {
                            count += answers.count
                            for answer in answers { Self.judge(answer) }
                        }
                        #expect(count > 20)
                    }
                    try await database.eventuallyQuiet()
                }
            }
        }
    }

    /// When those who ask are to stop.
    private final class End: Sendable {
        let hasCome = Mutex(false)
    }

    private static func judge(_ answer: Diagnose.Result, isAway: Bool? = nil) {
        if answer.verdict == .unreachable, isAway != false {
            #expect(!answer.healthy && answer.versionTable.rows == nil && answer.versionTable.exists == nil)
            #expect(answer.schema.differences == nil && answer.schemaMatch == nil && answer.probes == [])
            #expect(answer.findings.map(\.code) == ["server.unreachable"], "\(answer.findings)")
        } else {
            #expect(isAway != true && answer.verdict == .inSync, "\(answer.verdict) \(answer.findings)")
            #expect(answer.versionTable.rows == [SmallProject.base] && answer.schema.differences == [])
            #expect(answer.schemaMatch == true)
            // A probe that met the end of the server was not run; it has not failed.
            #expect(Set(answer.findings.map(\.code)).isSubset(of: ["probe.notRun"]), "\(answer.findings)")
        }
    }

    /// Whoever follows a database is told that it went away and that it came back, each once.
    @Test func aWatcherIsToldOfBoth() async throws {
        try await Turn.with {
            try await TestCluster.own { cluster in
                let database = TestDatabase(url: await cluster.url())
                try await AgentFixture.with { folder in
                    AgentFixture.Settings(
                        url: database.url, project: try SmallProject(in: folder).path,
                        environment: SmallProject.variables)
                } body: { agent in
                    try await agent.call(Migrate.self, .init())
                    let told = Told()
                    async let watching = agent.call(Watch.self, .init(), deadline: 25_000, stream: true) { event in
                        if let state = event.state { told.add(state.verdict) }
                    }
                    try await told.eventually([.inSync])
                    try await cluster.stop()
                    try await told.eventually([.inSync, .unreachable])
                    try await cluster.start()
                    try await told.eventually([.inSync, .unreachable, .inSync])
                    _ = try await watching
                    #expect(told.verdicts == [.inSync, .unreachable, .inSync])
                }
            }
        }
    }

    /// While the server is away a watcher makes the agent knock less and less often.
    @Test func aServerThatIsAwayIsNotHammered() async throws {
        try await TemporaryFolder.with { folder in
            let door = try ClosedDoor(in: folder)
            try await AgentFixture.with { own in
                AgentFixture.Settings(
                    url: "postgresql:///none?host=\(folder.path)", project: try SmallProject(in: own).path)
            } body: { agent in
                let before = door.knocks
                _ = try await agent.call(Watch.self, .init(), deadline: 12_000, stream: true)
                // At once, and after 1, 2, 4 and 8 seconds; the agent's own look knocks as rarely beside it.
                #expect((2...14).contains(door.knocks - before), "\(door.knocks - before)")
            }
        }
    }
}
