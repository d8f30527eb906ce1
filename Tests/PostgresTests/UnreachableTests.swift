import Glibc
import Postgres
import Support
import Testing

/// Errors when a connection cannot be opened, or is lost.
@Suite struct UnreachableTests {
    @Test func refusedLoginsHaveTheirKinds() async throws {
        let settings = EmbeddedCluster.Settings(
            listensOnTCP: true, accessRules: ["local all guarded scram-sha-256", "local all shutout reject"])
        try await TestCluster.own(settings) { cluster in
            try await TestCluster.execute(
                cluster.url(), "CREATE ROLE guarded LOGIN PASSWORD 'right one'", "CREATE ROLE shutout LOGIN",
                "CREATE ROLE barred LOGIN PASSWORD 'right one'", "CREATE DATABASE closed",
                "REVOKE CONNECT ON DATABASE closed FROM PUBLIC")
            let local = try DatabaseAddress(await cluster.url())
            let right = try local.with(user: "guarded", password: "right one")
            #expect(try await connection(right.url()).query("SELECT current_user").value == "guarded")
            let overTCP = try await cluster.urlOverTCP(database: "postgres", user: "guarded", password: "right one")
            #expect(try await connection(overTCP).query("SELECT 1").value == "1")

            let refused: [(DatabaseAddress, PostgresError.Kind, String?)] = try [
                (local.with(user: "guarded", password: "wrong secret"), .authentication, "28P01"),
                (local.with(user: "guarded", password: nil), .authentication, nil),
                (local.with(user: "shutout", password: nil), .authentication, "28000"),
                (local.with(user: "nobody here", password: nil), .authentication, "28000"),
                (local.with(database: "no such"), .unknownDatabase, "3D000"),
                (right.with(database: "closed"), .permissionDenied, "42501"),
                (
                    DatabaseAddress(overTCP).with(user: "guarded", password: "wrong secret"), .authentication,
                    "28P01"
                ),
            ]
            for (address, kind, sqlstate) in refused {
                let error = await #expect(throws: PostgresError.self) { try await connection(address.url()).open() }
                #expect(error?.kind == kind, "\(address) \(String(describing: error))")
                #expect(error?.sqlstate == sqlstate)
                #expect(error.map { "\($0)\(String(reflecting: $0))" }?.contains("wrong secret") == false)
            }
        }
    }

    @Test(arguments: [
        "postgresql://u:hidden@127.0.0.1:1/db", "host=/nonexistent/folder user=u password=hidden dbname=db",
        "postgresql://u:hidden@no-such-host.invalid/db", "postgresql://u:hidden@127.0.0.1:1,127.0.0.1:2/db",
    ])
    func missingServerIsUnreachable(_ address: String) async throws {
        let error = await #expect(throws: PostgresError.self) { try await connection(address).open() }
        #expect(error?.kind == .unreachable)
        #expect(error?.sqlstate == nil)
        #expect(error.map { "\($0)" }?.contains("hidden") == false)
    }

    @Test func serverThatNeverRespondsIsUnreachable() async throws {
        try await TemporaryFolder.with { folder in
            let listener = try listeningSocket(folder.path(".s.PGSQL.5432"))
            defer { close(listener) }
            let connection = try connection("host=\(folder.path) user=u dbname=db") { $0.connectTimeoutSeconds = 1 }
            let error = await #expect(throws: PostgresError.self) { try await connection.open() }
            #expect(error?.kind == .unreachable)
        }
    }

    @Test func connectionReopensAfterAServerRestart() async throws {
        try await TestCluster.own { cluster in
            let connection = try connection(await cluster.url())
            let before = try await connection.query("SELECT pg_backend_pid()").value
            try await cluster.stop()
            let error = await #expect(throws: PostgresError.self) { try await connection.query("SELECT 1") }
            #expect(error?.kind == .unreachable)
            try await cluster.start()
            #expect(try await connection.query("SELECT pg_backend_pid()").value != before)
            // Lost between two bodies: the next body gets a new connection.
            try await cluster.restart()
            #expect(try await connection.query("SELECT 1").value == "1")
        }
    }

    @Test(arguments: [false, true])
    func connectionLostDuringTheBodyIsReportedAndNotRetried(crash: Bool) async throws {
        try await TestCluster.own { cluster in
            let connection = try connection(await cluster.url()) { $0.applicationName = "sleeper" }
            try await connection.open()
            let running = Task { try await connection.query("SELECT pg_sleep(60)") }
            try await eventually("the statement runs") {
                try await !TestCluster.execute(
                    cluster.url(), "SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
                ).isEmpty
            }
            if crash { try await cluster.kill() } else { try await cluster.stop() }
            let error = await #expect(throws: PostgresError.self) { try await running.value }
            #expect(error?.kind == .connectionLost)
            try await cluster.start()
            #expect(try await connection.query("SELECT 1").value == "1")
        }
    }

    @Test func libpqEnvironmentIsUnset() async throws {
        await #expect(processExitsWith: .success) {
            for name in ["PGHOST", "PGHOSTADDR", "PGOPTIONS", "PGSERVICE", "PGPASSWORD", "PGSSLMODE", "PGTZ"] {
                setenv(name, "left over", 1)
            }
            unsetLibpqEnvironment()
            for name in ["PGHOST", "PGHOSTADDR", "PGOPTIONS", "PGSERVICE", "PGPASSWORD", "PGSSLMODE", "PGTZ"] {
                precondition(getenv(name) == nil, name)
            }
            precondition(getenv("PATH") != nil)
        }
    }
}
