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

    /// A watcher that does not read: the agent keeps little of it, serves everybody else, and hangs up in the end.
    @Test func aWatcherThatDoesNotRead() async throws {
        try await Workshop.with { workshop in
            let (agent, database) = (workshop.agent, workshop.database)
            try await agent.call(Migrate.self, .init())
            // One state of so many rows is more than a socket holds.
            try await database.execute("ALTER TABLE alembic_version DROP CONSTRAINT alembic_version_pkc")
            try await database.execute(
                """
                INSERT INTO alembic_version SELECT md5('r' || n) FROM generate_series(1, 9000) AS n
                """)
            let reader = try await AgentLink.open(agent.adminSocket)
            let deaf = try await AgentLink.open(agent.adminSocket)
            for (name, link) in [("reader", reader), ("deaf", deaf)] {
                let request = try Request(
                    id: name, Watch.self, .init(), deadlineMilliseconds: 120_000, stream: true)
                try await link.send(request.encoded(), key: try agent.key("tests"))
            }
            let memory = try Processes.residentBytes(of: try #require(agent.process).processIdentifier)
            for round in 1...12 {
                try await database.execute(
                    "UPDATE alembic_version SET version_num = '\(round)' || substr(version_num, 3)")
                // Whoever listens is told of each; requests are answered meanwhile.
                let event = try #require(try await reader.frame())
                #expect(event.kind == .event)
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
            try await database.eventuallyQuiet()
        }
    }
}
