import Alembic
import Postgres
import Support
import Synchronization
import Testing

/// What a run reports about its statements, and how it ends before its last one.
@Suite("runner: statements and cancellation")
struct RunnerCancellationTests {
    private static func run(expecting revisions: [String]) -> MigrationRun {
        MigrationRun(
            targets: ["heads"], expectedRows: [], expectedRevisions: revisions, fence: .random(in: 1 ... .max),
            deadline: .seconds(120))
    }

    private static func tables(_ url: String) async throws -> [String] {
        try await TestCluster.execute(
            url, "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1"
        ).values.compactMap(\.[0])
    }

    @Test("statements have the number of rows", arguments: ["psycopg", "psycopg2", "asyncpg"])
    func statements(driver: String) async throws {
        let environment = driver == "asyncpg" ? RunnerProject.asynchronous : RunnerProject.environment()
        try await RunnerProject.with(environment: environment) { project in
            try project.revision(
                "a1", down: nil,
                """
                op.execute('CREATE TABLE t AS SELECT i FROM generate_series(1, 9) AS i')
                op.execute('''UPDATE t
                    SET i = 0 WHERE i > 2''')
                """)
            try await TestCluster.withDatabase { url in
                let events = Mutex<[RunnerEvent]>([])
                _ = try await project.runner(url, driver: driver).migrate(Self.run(expecting: ["a1"])) { _ in
                    true
                } progress: { event in
                    events.withLock { $0.append(event) }
                }
                var statements: [String] = []
                var rows: [Int?] = []
                for event in events.withLock(\.self) {
                    switch event {
                    case .statementStarted("a1", let statement): statements.append(statement)
                    case .statementEnded("a1", let count, _): rows.append(count)
                    default: break
                    }
                }
                #expect(statements.last == "UPDATE t SET i = 0 WHERE i > 2" && statements.count == 2)
                #expect(rows.count == 2 && rows.last == 7)
            }
        }
    }

    /// The revision goes on when the test lets it: `gate` is a table that it waits for.
    private static let waiting = """
        import time
        op.execute('CREATE TABLE first ()')
        found = "SELECT count(*) FROM pg_class WHERE relname = 'gate'"
        while not op.get_bind().connection.dbapi_connection.execute(found).fetchone()[0]:
            time.sleep(0.05)
        op.execute('CREATE TABLE second ()')
        """

    @Test("a cancelled run ends before its next statement", arguments: [false, true])
    func betweenStatements(perMigration: Bool) async throws {
        let arguments = perMigration ? "transaction_per_migration=True" : ""
        try await RunnerProject.with(environment: RunnerProject.environment(arguments: arguments)) { project in
            try project.revision("a1", down: nil, "op.execute('CREATE TABLE zero ()')")
            try project.revision("b2", down: "a1", Self.waiting)
            try await TestCluster.withDatabase { url in
                let cancellation = RunCancellation()
                let began = AsyncStream.makeStream(of: Void.self)
                async let outcome = Self.failure { () throws(AlembicError) in
                    try await project.runner(url).migrate(
                        Self.run(expecting: ["a1", "b2"]), cancellation: cancellation, prove: { _ in true },
                        progress: { event in
                            if case .statementEnded("b2", _, _) = event { began.continuation.yield() }
                        })
                }
                for await _ in began.stream { break }
                await cancellation.request()
                try await TestCluster.execute(url, "CREATE TABLE gate ()")
                let error = try #require(await outcome)
                #expect(error.code == .cancelled && error.revision == "b2", "\(error)")
                #expect(error.outcome.committed == (perMigration ? ["a1"] : []))
                let left = perMigration ? ["alembic_version", "gate", "zero"] : ["gate"]
                try await eventually("the server has rolled back") { try await Self.tables(url) == left }
            }
        }
    }

    @Test("a run that is cancelled before it begins executes no statement")
    func beforeTheBeginning() async throws {
        try await RunnerProject.with { project in
            try project.revision("a1", down: nil, "op.execute('CREATE TABLE zero ()')")
            try await TestCluster.withDatabase { url in
                let cancellation = RunCancellation()
                await cancellation.request()
                let error = await Self.failure { () throws(AlembicError) in
                    try await project.runner(url).migrate(
                        Self.run(expecting: ["a1"]), cancellation: cancellation, prove: { _ in true })
                }
                #expect(error?.code == .cancelled)
                let tables = try await Self.tables(url)
                #expect(!tables.contains("zero"))
            }
        }
    }

    @Test("a forced cancellation ends a run that executes no statement")
    func forced() async throws {
        try await RunnerProject.with { project in
            try project.revision("a1", down: nil, "op.execute('CREATE TABLE zero ()')\nwhile True: pass")
            try await TestCluster.withDatabase { url in
                let cancellation = RunCancellation()
                let error = await Self.failure { () throws(AlembicError) in
                    try await project.runner(url).migrate(
                        Self.run(expecting: ["a1"]), cancellation: cancellation, prove: { _ in true },
                        progress: { event in if case .statementEnded = event { cancellation.force() } })
                }
                #expect(error?.code == .cancelled)
                try await eventually("the server has rolled back") {
                    try await Self.tables(url).contains("zero") == false
                }
            }
        }
    }

    private static func failure(
        _ body: @Sendable () async throws(AlembicError) -> MigrationRun.Outcome
    ) async -> AlembicError? {
        do throws(AlembicError) {
            _ = try await body()
            return nil
        } catch {
            return error
        }
    }
}
