import Diagnosis
import Postgres
import Support
import Testing
import Wire

/// A hundred concurrent clients, and watchers that do not read.
@Suite struct ConcurrentClientTests {
    /// The number of statements that the agent's sessions have run so far, from pg_stat_statements.
    private static func statements(_ database: TestDatabase) async throws -> Int {
        let text = try await database.value(
            """
            SELECT sum(calls)::int8 FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid
            WHERE d.datname = current_database() AND s.query NOT LIKE '%pg_stat_statements%'
            """)
        return text.flatMap { Int($0) } ?? 0
    }

    /// Waits until the cached diagnosis is too old for a request without `maxAgeMs`. This runs no statement.
    private static func waitUntilStale(_ agent: AgentFixture) async throws {
        try await eventually("the cached diagnosis is stale") {
            try await agent.call(Diagnose.self, .init(maxAgeMs: 600_000)).ageMs > 1_100
        }
    }

    @Test func hundredConcurrentRequestsReadTheDatabaseOnce() async throws {
        let parameters = ["shared_preload_libraries": "pg_stat_statements", "pg_stat_statements.max": "5000"]
        try await TestSlots.with {
            try await TestCluster.own(.init(parameters: parameters)) { cluster in
                let database = TestDatabase(url: await cluster.url())
                try await database.execute("CREATE EXTENSION pg_stat_statements")
                try await AgentFixture.with { folder in
                    AgentFixture.Settings(
                        url: database.url, project: try SmallProject(in: folder).path,
                        environment: SmallProject.variables, limits: ["connections_per_uid = 200"])
                } body: { agent in
                    try await agent.call(Migrate.self, .init())
                    _ = try await agent.diagnose()

                    try await Self.waitUntilStale(agent)
                    let before = try await Self.statements(database)
                    _ = try await agent.call(Diagnose.self, .init())
                    let alone = try await Self.statements(database) - before
                    #expect(alone > 0)

                    let connections = try await Self.connections(100, agent)
                    try await Self.waitUntilStale(agent)
                    let beforeConcurrent = try await Self.statements(database)
                    let key = try agent.key("tests")
                    for (number, connection) in connections.enumerated() {
                        let request =
                            number.isMultiple(of: 2)
                            ? try Request(id: "\(number)", Diagnose.self, .init(), stream: false)
                            : try Request(id: "\(number)", Verify.self, .init(), stream: false)
                        try await connection.send(request.encoded(), key: key)
                    }
                    for (number, connection) in connections.enumerated() {
                        let response = try #require(try await connection.response())
                        if number.isMultiple(of: 2) {
                            #expect(try response.result(of: Diagnose.self).verdict == .inSync)
                        } else {
                            #expect(try response.result(of: Verify.self).verdict == .equal)
                        }
                    }
                    let concurrent = try await Self.statements(database) - beforeConcurrent
                    #expect(concurrent == alone, "one client: \(alone) statements; a hundred clients: \(concurrent)")
                }
            }
        }
    }

    private static func connections(_ count: Int, _ agent: AgentFixture) async throws -> [FrameConnection] {
        var connections: [FrameConnection] = []
        for _ in 1...count { connections.append(try await FrameConnection.open(agent.adminSocket)) }
        return connections
    }

    /// One state is larger than a socket's buffer. States that arrive while the watcher does not read are dropped: it
    /// receives a gap event, then the newest state.
    @Test func watcherReadsLate() async throws {
        try await Self.withLargeStates { agent, database in
            var events: [Event]?
            // On a busy machine the agent may have closed the connection, or the watcher may have missed nothing.
            for _ in 1...5 where events == nil { events = try await Self.readLate(agent, database) }
            let kinds = try #require(events).map(\.event)
            #expect(kinds.first == Event.Kind.state && kinds.count <= 5, "\(kinds)")
        }
    }

    /// The events, up to the newest state, of a watcher that starts to read after some changes; nil when the agent has
    /// closed the connection or the watcher has missed nothing.
    private static func readLate(_ agent: AgentFixture, _ database: TestDatabase) async throws -> [Event]? {
        let reader = try await watcher("reader", agent)
        let late = try await watcher("late", agent)
        for round in 1...2 {
            _ = try await state(reader)
            try await change(database, round)
        }
        let newest = try #require(try await state(reader))
        var events: [Event] = []
        while events.last?.state?.isSame(as: newest) != true {
            guard let frame = try await late.frame() else { return nil }
            events.append(try Event(parsing: frame.body))
            #expect(events.last?.id == "late")
        }
        return events.contains { $0.event == Event.Kind.gap } ? events : nil
    }

    private static func withLargeStates(_ body: (AgentFixture, TestDatabase) async throws -> Void) async throws {
        try await ProjectFixture.with { fixture in
            try await fixture.agent.call(Migrate.self, .init())
            // A state with this many rows is larger than a socket's buffer.
            try await fixture.database.execute("ALTER TABLE alembic_version DROP CONSTRAINT alembic_version_pkc")
            try await fixture.database.execute(
                "INSERT INTO alembic_version SELECT md5('r' || n) FROM generate_series(1, 9000) AS n")
            try await body(fixture.agent, fixture.database)
            try await fixture.database.waitForIdleSessions()
        }
    }

    private static func watcher(_ id: String, _ agent: AgentFixture) async throws -> FrameConnection {
        let connection = try await FrameConnection.open(agent.adminSocket)
        let request = try Request(id: id, Watch.self, .init(), deadlineMilliseconds: 120_000, stream: true)
        try await connection.send(request.encoded(), key: try agent.key("tests"))
        return connection
    }

    private static func change(_ database: TestDatabase, _ round: Int) async throws {
        try await database.execute("UPDATE alembic_version SET version_num = '\(round)' || substr(version_num, 3)")
    }

    private static func state(_ watcher: FrameConnection) async throws -> Watch.DatabaseState? {
        let frame = try #require(try await watcher.frame())
        #expect(frame.kind == .event)
        return try Event(parsing: frame.body).state
    }

    /// For a watcher that does not read, the agent buffers little, keeps serving other clients, and finally closes the
    /// connection.
    @Test func watcherDoesNotRead() async throws {
        try await Self.withLargeStates { agent, database in
            let reader = try await Self.watcher("reader", agent)
            let stalled = try await Self.watcher("stalled", agent)
            let memory = try Processes.residentBytes(of: try #require(agent.process).processIdentifier)
            for round in 1...12 {
                try await Self.change(database, round)
                // The watcher that reads receives every state, and requests are served.
                _ = try await Self.state(reader)
                #expect(try await agent.call(Status.self, .init()).state == .ready)
            }
            let grown = try Processes.residentBytes(of: try #require(agent.process).processIdentifier) - memory
            #expect(grown < 64 << 20, "\(grown)")
            // At most two states were sent before the agent closed the connection.
            var taken = 0
            try await eventually("the agent has closed the connection") {
                while let frame = try await stalled.frame(deadline: .seconds(30)) {
                    #expect(frame.kind == .event)
                    taken += 1
                }
                return true
            }
            #expect(taken <= 2)
        }
    }
}
