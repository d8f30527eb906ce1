import Diagnosis
import Postgres
import Support
import Synchronization
import Testing
import Wire

/// A server that restarts during diagnoses: each diagnosis is correct or has the verdict `unreachable`.
@Suite struct ServerRestartTests {
    @Test func diagnosesDuringRestarts() async throws {
        let shadow = try await ShadowFixture.settings()
        try await TestSlots.with {
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
                    #expect(try await agent.diagnoseAfterReplay().verdict == .inSync)

                    let stop = StopFlag()
                    try await withThrowingTaskGroup(of: [Diagnose.Result].self) { group in
                        for _ in 1...4 {
                            group.addTask {
                                var diagnoses: [Diagnose.Result] = []
                                while !stop.isSet.withLock(\.self) { diagnoses.append(try await agent.diagnose()) }
                                return diagnoses
                            }
                        }
                        for round in 1...6 {
                            if round.isMultiple(of: 2) { try await cluster.kill() } else { try await cluster.stop() }
                            // At least this diagnosis runs while the server is down.
                            Self.check(try await agent.diagnose(), isDown: true)
                            try await cluster.start()
                            try await eventually("round \(round): the agent has reconnected") {
                                try await agent.diagnose().verdict == .inSync
                            }
                        }
                        stop.isSet.withLock { $0 = true }
                        var count = 0
                        for try await diagnoses in group {
                            count += diagnoses.count
                            for diagnosis in diagnoses { Self.check(diagnosis) }
                        }
                        #expect(count > 20)
                    }
                    try await database.waitForIdleSessions()
                }
            }
        }
    }

    /// Ends the tasks that diagnose.
    private final class StopFlag: Sendable {
        let isSet = Mutex(false)
    }

    private static func check(_ diagnosis: Diagnose.Result, isDown: Bool? = nil) {
        if diagnosis.verdict == .unreachable, isDown != false {
            #expect(!diagnosis.healthy && diagnosis.versionTable.rows == nil && diagnosis.versionTable.exists == nil)
            #expect(diagnosis.schema.differences == nil && diagnosis.schemaMatch == nil && diagnosis.probes == [])
            #expect(diagnosis.findings.map(\.code) == ["server.unreachable"], "\(diagnosis.findings)")
        } else {
            #expect(isDown != true && diagnosis.verdict == .inSync, "\(diagnosis.verdict) \(diagnosis.findings)")
            #expect(diagnosis.versionTable.rows == [SmallProject.base] && diagnosis.schema.differences == [])
            #expect(diagnosis.schemaMatch == true)
            // A probe that the shutdown interrupted counts as not run, not as failed.
            #expect(Set(diagnosis.findings.map(\.code)).isSubset(of: ["probe.notRun"]), "\(diagnosis.findings)")
        }
    }

    /// A watcher receives one state when the server stops and one when it is back.
    @Test func watcherReceivesBothChanges() async throws {
        try await TestSlots.with {
            try await TestCluster.own { cluster in
                let database = TestDatabase(url: await cluster.url())
                try await AgentFixture.with { folder in
                    AgentFixture.Settings(
                        url: database.url, project: try SmallProject(in: folder).path,
                        environment: SmallProject.variables)
                } body: { agent in
                    try await agent.call(Migrate.self, .init())
                    let recorder = VerdictRecorder()
                    async let watching = agent.call(Watch.self, .init(), deadline: 25_000, stream: true) { event in
                        if let state = event.state { recorder.record(state.verdict) }
                    }
                    try await recorder.eventually([.inSync])
                    try await cluster.stop()
                    try await recorder.eventually([.inSync, .unreachable])
                    try await cluster.start()
                    try await recorder.eventually([.inSync, .unreachable, .inSync])
                    _ = try await watching
                    #expect(recorder.verdicts == [.inSync, .unreachable, .inSync])
                }
            }
        }
    }

    /// While the server is down, the agent reconnects at increasing intervals for a watcher.
    @Test func reconnectsAtIncreasingIntervals() async throws {
        try await TemporaryFolder.with { folder in
            let server = try RefusingServer(in: folder)
            try await AgentFixture.with { own in
                AgentFixture.Settings(
                    url: "postgresql:///none?host=\(folder.path)", project: try SmallProject(in: own).path)
            } body: { agent in
                let before = server.connectionCount
                _ = try await agent.call(Watch.self, .init(), deadline: 12_000, stream: true)
                // At once, then after 1, 2, 4 and 8 seconds; the agent's monitor connects at the same intervals.
                #expect((2...14).contains(server.connectionCount - before), "\(server.connectionCount - before)")
            }
        }
    }
}
