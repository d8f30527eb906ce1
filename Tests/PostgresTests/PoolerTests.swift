import Postgres
import Support
import Testing

/// A pooler announces a process id of its own, by which it is detected.
@Suite struct PoolerTests {
    @Test func poolerIsDetectedAndRefusedForLocks() async throws {
        try await TemporaryFolder.with { folder in
            try await TestCluster.withDatabase { url in
                let direct = try DatabaseAddress(url)
                let pooler = try Pooler(
                    listeningIn: folder.path, forwardingTo: "\(direct.hosts[0])/.s.PGSQL.\(direct.ports[0])")
                defer { pooler.close() }
                let pooled = try connection(
                    "host=\(folder.path) user=postgres dbname=\(direct.database ?? "")"
                ) { $0 = .read(applicationName: "pooled") }
                let isPooled = try await pooled.withSession { session throws(PostgresError) in session.isPooled }
                #expect(isPooled)
                let error = await #expect(throws: PostgresError.self) {
                    try await pooled.withSession { s throws(PostgresError) in try Locks.tryRunnerLock(s) }
                }
                #expect(error?.kind == .configuration)

                // Reads still work, each in a transaction with pinned settings.
                let inside = try await pooled.query(
                    "SELECT current_setting('transaction_read_only'), current_setting('search_path')")
                #expect(inside.values == [["on", "pg_catalog"]])
                let written = await #expect(throws: PostgresError.self) {
                    try await pooled.query("CREATE TABLE public.written (id int)")
                }
                #expect(written?.sqlstate == "25006")
                #expect(
                    try await pooled.withSession { s throws(PostgresError) in try VersionTableReader.read(s).state }
                        == .missing)
            }
        }
    }
}
