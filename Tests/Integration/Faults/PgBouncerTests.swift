import Diagnosis
import FoundationEssentials
import Glibc
import Postgres
import Support
import Testing
import Wire

/// A real PgBouncer in transaction mode: reads work, mutations are refused.
@Suite struct PgBouncerTests {
    @Test func mutationsThroughPgBouncerAreRefused() async throws {
        try await ProspectsExample.withDatabase("columns-dropped") { database in
            try await TestSlots.with {
                try await TemporaryFolder.with { folder in
                    try await PgBouncer.with(folder, database.url) { url in
                        try await AgentFixture.with { _ in
                            AgentFixture.Settings(url: url, project: ProspectsExample.project)
                        } body: { agent in
                            try await Self.expect(agent, database)
                        }
                    }
                }
            }
        }
    }

    private static func expect(_ agent: AgentFixture, _ database: TestDatabase) async throws {
        for _ in 1...5 {
            let diagnosis = try await agent.diagnose()
            #expect(diagnosis.server?.pooled == true)
            #expect(diagnosis.versionTable.rows == [ProspectsExample.beforeHead] && diagnosis.verdict == .behind)
            let codes = diagnosis.findings.map { "\($0.severity.rawValue.prefix(1)):\($0.code)" }
            #expect(codes == ["e:version.behind", "w:server.pooler", "i:schema.notCompared"])
        }
        #expect(try await agent.call(Verify.self, .init()).verdict == .behind)
        for refusal in [
            try await agent.refusal(Migrate.self, .init()),
            try await agent.refusal(FixVersion.self, .init(apply: true, to: [ProspectsExample.head])),
            try await agent.refusal(Align.self, .init(apply: true)),
        ] {
            #expect(refusal.code == .precondition, "\(refusal)")
            #expect(refusal.message.contains("pooler"), "\(refusal)")
            #expect(!refusal.retryable)
        }
        let shown = try await agent.adminctl("migrate")
        #expect(shown.status == 65 && shown.standardError.contains("pooler"), "\(shown)")
        #expect(try await database.versions() == [ProspectsExample.beforeHead])
        // The pooler's sessions have the application names of its clients, so all sessions of the database are checked.
        try await eventually("the pooler's backends have no transaction and no lock") {
            try await database.column(
                """
                SELECT a.pid FROM pg_stat_activity a LEFT JOIN pg_locks l ON l.pid = a.pid
                WHERE a.datname = current_database() AND a.pid <> pg_backend_pid()
                AND (a.state LIKE 'idle in transaction%' OR l.pid IS NOT NULL)
                """
            ).isEmpty
        }
    }
}

/// PgBouncer in front of one database.
private enum PgBouncer {
    static func with(
        _ folder: TemporaryFolder, _ url: String, isolation: isolated (any Actor)? = #isolation,
        _ body: (_ url: String) async throws -> Void
    ) async throws {
        let address = try DatabaseAddress(url)
        let file = try folder.write(
            "pgbouncer.ini",
            """
            [databases]
            pooled = host=\(address.hosts[0]) port=\(address.ports[0]) dbname=\(address.database ?? "") user=postgres
            [pgbouncer]
            listen_addr =
            listen_port = 6432
            unix_socket_dir = \(folder.path)
            unix_socket_mode = 0777
            auth_type = any
            pool_mode = transaction
            default_pool_size = 2
            """, mode: 0o644)
        // PgBouncer refuses to run as root, and its account must be able to create the socket here.
        guard chmod(folder.path, 0o777) == 0 else { throw SupportError("The mode of the folder cannot be changed.") }
        let account = geteuid() == 0 ? ["-u", "postgres"] : []
        try await BackgroundProgram.with("/usr/sbin/pgbouncer", account + [file]) { program in
            try await eventually("PgBouncer listens") {
                if let status = program.status {
                    throw SupportError("PgBouncer ended with \(status): \(program.standardError)")
                }
                return FileManager.default.fileExists(atPath: folder.path(".s.PGSQL.6432"))
            }
            try await body("postgresql:///pooled?host=\(folder.path)&port=6432&user=postgres")
        }
    }
}
