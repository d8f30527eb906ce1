import Postgres
import Schema
import Support
import Testing

@Suite struct LocksTests {
    @Test func onlyOneSessionPerDatabaseHoldsTheRunnerLock() async throws {
        try await TestCluster.withDatabase { url in
            let (first, second) = (try connection(url) { $0.applicationName = "first" }, try connection(url))
            #expect(try await first.withSession { s throws(PostgresError) in try Locks.tryRunnerLock(s) })
            #expect(try await first.withSession { s throws(PostgresError) in try Locks.holdsRunnerLock(s) })
            #expect(try await !second.withSession { s throws(PostgresError) in try Locks.tryRunnerLock(s) })
            #expect(try await !second.withSession { s throws(PostgresError) in try Locks.holdsRunnerLock(s) })
            let holders = try await second.withSession { s throws(PostgresError) in
                try Locks.holders(of: Locks.runner, s)
            }
            #expect(holders.map(\.applicationName) == ["first"])
            try await TestCluster.withDatabase { other in
                let elsewhere = try connection(other)
                #expect(try await elsewhere.withSession { s throws(PostgresError) in try Locks.tryRunnerLock(s) })
            }
            await first.close()
            try await eventually("the lock is released with the first session") {
                try await second.withSession { s throws(PostgresError) in try Locks.tryRunnerLock(s) }
            }
            await second.close()
            try await eventually("the lock is released with its session") {
                try await first.withSession { s throws(PostgresError) in try Locks.tryRunnerLock(s) }
            }
        }
    }

    @Test func fenceIdentifiesBackendsOfThisDatabase() async throws {
        try await TestCluster.withDatabase { url in
            let (agent, child) = (try connection(url), try connection(url) { $0.applicationName = "child" })
            #expect(try await agent.withSession { s throws(PostgresError) in try Locks.fenceIsFree(s) })
            // The check releases the fence again.
            #expect(
                try await agent.withSession { s throws(PostgresError) in try Locks.holders(of: Locks.fence, s) } == [])
            try await child.query("SELECT pg_advisory_lock_shared($1)", ["\(Locks.fence)"])
            let pid = try await child.withSession { s throws(PostgresError) in s.backend }
            #expect(try await agent.withSession { s throws(PostgresError) in try Locks.sees(pid: pid, s) })
            #expect(try await !agent.withSession { s throws(PostgresError) in try Locks.sees(pid: pid + 1, s) })
            #expect(try await !agent.withSession { s throws(PostgresError) in try Locks.fenceIsFree(s) })
            let holder = try #require(
                try await agent.withSession { s throws(PostgresError) in try Locks.holders(of: Locks.fence, s) }.first)
            #expect(holder.pid == pid)
            #expect(holder.applicationName == "child")
            #expect(holder.user == "postgres")
            #expect(holder.state == "idle")
            for time in [holder.backendStart, holder.queryStart] {
                #expect(try #require(time).wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil)
            }
            // A lock in another database does not count.
            try await TestCluster.withDatabase { other in
                let elsewhere = try connection(other)
                #expect(try await !elsewhere.withSession { s throws(PostgresError) in try Locks.sees(pid: pid, s) })
                #expect(try await elsewhere.withSession { s throws(PostgresError) in try Locks.fenceIsFree(s) })
            }
        }
    }

    /// Whoever writes holds the fence until the end of the transaction, and waits while somebody holds it exclusively.
    @Test func writersHoldTheFence() async throws {
        try await TestCluster.withDatabase { url in
            let (agent, writer) = (try connection(url), try connection(url))
            try await TestCluster.execute(url, "CREATE TABLE alembic_version (version_num varchar(32))")
            let update = VersionTableUpdate(
                [.init(kind: .insert, to: "a")], schema: "public", name: "alembic_version", expecting: .rows([]))
            try await agent.query("SELECT pg_advisory_lock($1)", ["\(Locks.fence)"])
            let error = await #expect(throws: PostgresError.self) {
                try await writer.withSession { s throws(PostgresError) in
                    try s.transaction { () throws(PostgresError) in try Locks.joinFence(s, patience: .zero) }
                }
            }
            #expect(error?.kind == .lockTimeout)
            await agent.close()
            // Waits for the end of the agent's session.
            let rows = try await writer.withSession { s throws(PostgresError) in
                try VersionTableWriter.apply(update, in: s)
            }
            #expect(rows == ["a"])
            try await writer.withSession { s throws(PostgresError) in
                try s.transaction { () throws(PostgresError) in
                    try Locks.joinFence(s)
                    #expect(try Locks.sees(pid: s.backend, s))
                }
                #expect(try !Locks.sees(pid: s.backend, s))
            }
        }
    }

    /// Similar locks: exclusive, with two 32-bit keys, with another key.
    @Test(arguments: [
        "SELECT pg_advisory_lock(\(Locks.fence))",
        "SELECT pg_advisory_lock_shared(\(Locks.fence >> 32), \(Locks.fence & 0xFFFF_FFFF))",
        "SELECT pg_advisory_lock_shared(\(Locks.runner))", "SELECT 1",
    ])
    func otherLocksAreNotTheFence(statement: String) async throws {
        try await TestCluster.withDatabase { url in
            let (agent, child) = (try connection(url), try connection(url))
            try await child.query(statement)
            let pid = try await child.withSession { s throws(PostgresError) in s.backend }
            #expect(try await !agent.withSession { s throws(PostgresError) in try Locks.sees(pid: pid, s) })
        }
    }

    @Test func serverIdentityIsRead() async throws {
        try await withDatabaseAndRole { owner, guest, role in
            try await TestCluster.administer("ALTER ROLE \(role) SET default_transaction_read_only = on")
            let reader = try connection(owner) { $0 = .read(applicationName: "reader") }
            let identity = try await reader.withSession { s throws(PostgresError) in try ServerIdentity.read(s) }
            #expect(!identity.inRecovery)
            #expect(!identity.readOnlyByDefault)
            #expect(!identity.isPooled)
            let version = try await reader.withSession { s throws(PostgresError) in s.serverVersion }
            #expect(version >= 130_000)
            #expect(identity.version.hasPrefix("\(version / 10_000)"))
            #expect(identity.role == "postgres")
            let guest = try await connection(guest).withSession { s throws(PostgresError) in try ServerIdentity.read(s)
            }
            #expect(guest.readOnlyByDefault)
        }
    }
}
