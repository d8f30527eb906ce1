import Alembic
import Inspection
import Postgres
import Runtime
import Support
import Synchronization
import Testing
import Wire

@testable import Jobs

/// The lock of a run on a server.
@Suite struct RunGuardServerTests {
    private static func withDatabase(_ body: (ManagedDatabase, String) async throws -> Void) async throws {
        try await TemporaryFolder.with { folder in
            try await TestCluster.withDatabase { url in
                try await body(try JobsFixture.database("main", folder, url: url), url)
            }
        }
    }

    private static func take(
        _ runGuard: RunGuard, until deadline: ContinuousClock.Instant = .now + .seconds(30),
        mayGoOn: @escaping @Sendable () throws(JobsError) -> Void = {},
        waiting: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws(JobsError) {
        try await runGuard.take(until: deadline, mayGoOn: mayGoOn, waiting: waiting)
    }

    @Test func theHolderIsNamed() async throws {
        try await Self.withDatabase { database, url in
            let (first, second) = (RunGuard(database, job: "one"), RunGuard(database, job: "two"))
            try await Self.take(first)
            try await first.requireHeld()
            let messages = Mutex<[String]>([])
            let error = await #expect(throws: JobsError.self) {
                try await Self.take(
                    second, until: .now, waiting: { message in messages.withLock { $0.append(message) } })
            }
            #expect(error?.code == .conflict && error?.isRetryable == true)
            #expect(error?.message.hasSuffix("; nothing was run") == true)
            let details = JSON.Object(error?.details ?? [])
            #expect(details["job"] == "one" && details["holder"]?["pid"] == .integer(Int64(HostName.process)))
            #expect(messages.withLock(\.self).count == 1)
            let draining = await #expect(throws: JobsError.self) {
                try await Self.take(second, mayGoOn: { () throws(JobsError) in throw .draining })
            }
            #expect(draining?.code == .draining)
            await first.release()
            try await Self.take(second)
            await second.release()
            try await eventually("nobody holds a lock") {
                try await TestCluster.execute(url, "SELECT pid FROM pg_locks WHERE locktype = 'advisory'").isEmpty
            }
        }
    }

    /// A lock whose session was lost is not taken again by the same run, although nobody else holds it.
    @Test func aLostLockStaysLost() async throws {
        try await Self.withDatabase { database, url in
            let runGuard = RunGuard(database, job: "one")
            try await Self.take(runGuard)
            try await TestCluster.execute(
                url,
                """
                SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
                WHERE application_name LIKE 'schemad run %' AND datname = current_database()
                """
            )
            for _ in 1...2 {
                let error = await #expect(throws: JobsError.self) { try await runGuard.requireHeld() }
                #expect(error?.code == .conflict && error?.message.hasPrefix("database main: ") == true)
            }
            let report = ConnectionReport(dialect: "postgresql", driver: "psycopg", backendPid: 1)
            await #expect(throws: JobsError.self) { try await runGuard.proves(report) }
            await runGuard.release()
        }
    }

    /// A connection is proven by the fence that it holds in the locked database.
    @Test func connectionsAreProvenOnTheSession() async throws {
        try await Self.withDatabase { database, url in
            let runGuard = RunGuard(database, job: "one")
            try await Self.take(runGuard)
            let writer = Connection(try DatabaseAddress(url), SessionOptions(applicationName: "env.py"))
            let pid = try await writer.withSession { session throws(PostgresError) in session.backend }
            func report(_ pid: Int32?) -> ConnectionReport {
                ConnectionReport(dialect: "postgresql", driver: "psycopg", backendPid: pid)
            }
            #expect(try await !runGuard.proves(report(pid)))
            _ = try await writer.withSession { session throws(PostgresError) in
                try session.query("SELECT pg_advisory_lock_shared($1)", ["\(Locks.fence)"])
            }
            #expect(try await runGuard.proves(report(pid)))
            #expect(try await !runGuard.proves(report(nil)))
            await writer.close()
            await runGuard.release()
        }
    }

    /// The session outlives idle periods, and ends soon after its client is gone.
    @Test func theSettingsOfTheSession() async throws {
        try await Self.withDatabase { database, _ in
            let options = SessionOptions(applicationName: "x", keepsSession: true)
            let connection = Connection(database.address, options)
            let (version, row) = try await connection.withSession { session throws(PostgresError) in
                let names = ["idle_session_timeout", "client_connection_check_interval"]
                let values = try names.map { name throws(PostgresError) in
                    try session.query("SELECT current_setting($1, true)", [name]).value
                }
                return (session.serverVersion, values)
            }
            #expect(version < 140_000 || row == ["0", "5s"])
            await connection.close()
        }
    }
}
