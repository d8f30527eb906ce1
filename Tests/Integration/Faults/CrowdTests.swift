import Diagnosis
import Postgres
import Support
import Testing
import Wire

/// A hundred services that ask at once, and a client that does not listen.
@Suite struct CrowdTests {
    /// The statements that the agent's sessions have run so far, told by the server itself.
    private static func statements(_ database: TestDatabase) async throws -> Int {
        let text = try await database.value(
            """
            SELECT sum(calls)::int8 FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid
            WHERE d.datname = current_database() AND s.query NOT LIKE '%pg_stat_statements%'
            """)
        return text.flatMap { Int($0) } ?? 0
    }

    /// Waits until what is remembered is too old for a question that says nothing of age. This costs no statement.
    private static func grow(_ agent: AgentFixture) async throws {
        try await eventually("the last diagnosis has become old") {
            try await agent.call(Diagnose.self, .init(maxAgeMs: 600_000)).ageMs > 1_100
        }
    }

    @Test func aHundredAtOnceCostTheDatabaseOneRound() async throws {
        let parameters = ["shared_preload_libraries": "pg_stat_statements", "pg_stat_statements.max": "5000"]
        try await Turn.with {
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

                    try await Self.grow(agent)
                    let before = try await Self.statements(database)
                    _ = try await agent.call(Diagnose.self, .init())
                    let alone = try await Self.statements(database) - before
                    #expect(alone > 0)

                    let links = try await Self.links(100, agent)
                    try await Self.grow(agent)
                    let beforeCrowd = try await Self.statements(database)
                    let key = try agent.key("tests")
                    for (number, link) in links.enumerated() {
                        let request =
                            number.isMultiple(of: 2)
                            ? try Request(id: "\(number)", Diagnose.self, .init(), stream: false)
                            : try Request(id: "\(number)", Verify.self, .init(), stream: false)
                        try await link.send(request.encoded(), key: key)
                    }
                    for (number, link) in links.enumerated() {
                        let response = try #require(try await link.response())
                        if number.isMultiple(of: 2) {
                            #expect(try response.result(of: Diagnose.self).verdict == .inSync)
                        } else {
                            #expect(try response.result(of: Verify.self).verdict == .equal)
                        }
                    }
                    let crowd = try await Self.statements(database) - beforeCrowd
                    #expect(crowd == alone, "one asked: \(alone) statements; a hundred asked: \(crowd)")
                }
            }
        }
    }

    private static func links(_ count: Int, _ agent: AgentFixture) async throws -> [AgentLink] {
        var links: [AgentLink] = []
        for _ in 1...count { links.append(try await AgentLink.open(agent.adminSocket)) }
        return links
    }

    /// More than one state would fill a socket: what comes while the watcher does not read is told as a gap, and the
    /// newest of it when it reads again.
    @Test func aWatcherThatReadsLate() async throws {
        try await Self.withLargeStates { agent, database in
            var events: [Event]?
            // On a busy machine the agent may hang up before, or not be late itself.
            for _ in 1...5 where events == nil { events = try await Self.readLate(agent, database) }
            let kinds = try #require(events).map(\.event)
            #expect(kinds.first == Event.Kind.state && kinds.count <= 5, "\(kinds)")
        }
    }

    /// What a watcher gets that begins to read after a few changes, up to the newest state; nil when it
    /// was hung up on or has missed nothing.
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
        try await Workshop.with { workshop in
            try await workshop.agent.call(Migrate.self, .init())
            // One state of so many rows is more than a socket holds.
            try await workshop.database.execute("ALTER TABLE alembic_version DROP CONSTRAINT alembic_version_pkc")
            try await workshop.database.execute(
                "INSERT INTO alembic_version SELECT md5('r' || n) FROM generate_series(1, 9000) AS n")
            try await body(workshop.agent, workshop.database)
            try await workshop.database.eventuallyQuiet()
        }
    }

    private static func watcher(_ id: String, _ agent: AgentFixture) async throws -> AgentLink {
        let link = try await AgentLink.open(agent.adminSocket)
        let request = try Request(id: id, Watch.self, .init(), deadlineMilliseconds: 120_000, stream: true)
        try await link.send(request.encoded(), key: try agent.key("tests"))
        return link
    }

    private static func change(_ database: TestDatabase, _ round: Int) async throws {
        try await database.execute("UPDATE alembic_version SET version_num = '\(round)' || substr(version_num, 3)")
    }

    private static func state(_ watcher: AgentLink) async throws -> Watch.DatabaseState? {
        let frame = try #require(try await watcher.frame())
        #expect(frame.kind == .event)
        return try Event(parsing: frame.body).state
    }

    /// A watcher that does not read: the agent keeps little of it, serves everybody else, and hangs up in the end.
    @Test func aWatcherThatDoesNotRead() async throws {
        try await Self.withLargeStates { agent, database in
            let reader = try await Self.watcher("reader", agent)
            let deaf = try await Self.watcher("deaf", agent)
            let memory = try Processes.residentBytes(of: try #require(agent.process).processIdentifier)
            for round in 1...12 {
                try await Self.change(database, round)
                // Whoever listens is told of each; requests are answered meanwhile.
                _ = try await Self.state(reader)
                #expect(try await agent.call(Status.self, .init()).state == .ready)
            }
            let grown = try Processes.residentBytes(of: try #require(agent.process).processIdentifier) - memory
            #expect(grown < 64 << 20, "\(grown)")
            // Two states at the most had been taken before; then the agent has hung up.
            var taken = 0
            try await eventually("the agent has closed the connection") {
                while let frame = try await deaf.frame(deadline: .seconds(30)) {
                    #expect(frame.kind == .event)
                    taken += 1
                }
                return true
            }
            #expect(taken <= 2)
        }
    }
}
