import Diagnosis
import Support
import Synchronization
import Testing
import Wire

/// `watch` on a database: each change is reported once.
@Suite struct WatchTests {
    private final class States: Sendable {
        let all = Mutex<[Watch.DatabaseState]>([])
    }

    @Test func eachChangeIsReportedOnce() async throws {
        try await ProspectsExample.withAgent("healthy") { agent, database in
            let states = States()
            async let watching = agent.call(Watch.self, .init(), deadline: 30_000, stream: true) { event in
                #expect(event.event == Event.Kind.state && event.job == nil && event.sequence == nil)
                if let state = event.state { states.all.withLock { $0.append(state) } }
            }
            func state(_ count: Int) async throws -> Watch.DatabaseState {
                try await eventually("\(count) states have arrived") { states.all.withLock(\.count) >= count }
                return states.all.withLock { $0[count - 1] }
            }
            let first = try await state(1)
            #expect(first.verdict == .inSync && first.healthy && first.rows == [ProspectsExample.head])
            try await database.execute("CREATE TABLE more (id int)")
            let second = try await state(2)
            #expect(second.fingerprint != first.fingerprint && second.rows == first.rows)
            try await database.execute("UPDATE alembic_version SET version_num = '\(ProspectsExample.beforeHead)'")
            let third = try await state(3)
            #expect(third.verdict == .behind && third.fingerprint == second.fingerprint)
            // The response arrives at the deadline and has the last state.
            guard case .state(let last) = try await watching else { throw SupportError("The response has no state.") }
            #expect(last.isSame(as: third) && states.all.withLock(\.count) == 3)
        }
    }

    /// An unmanaged table is not drift, but it changes the fingerprint.
    @Test func verifyComparesTheFingerprint() async throws {
        try await ProspectsExample.withAgent("healthy") { agent, database in
            guard case .state(let state) = try await agent.call(Watch.self, .init()),
                let fingerprint = state.fingerprint
            else { throw SupportError("The response has no fingerprint.") }
            func verify(_ fingerprint: String?) async throws -> Verify.Result {
                try await agent.call(Verify.self, .init(fingerprint: fingerprint))
            }
            #expect(try await verify(fingerprint).verdict == .equal)
            let other = try await verify("another")
            #expect(other.verdict == .drifted && !other.mayStart)
            try await database.execute("CREATE TABLE more (id int)")
            _ = try await agent.diagnose()
            #expect(try await verify(fingerprint).verdict == .drifted)
            #expect(try await verify(nil).verdict == .equal)
            let shown = try await agent.adminctl("verify", "--fingerprint", fingerprint)
            #expect(shown.status == 1 && shown.standardOutput.contains("adminctl diagnose\n"))
            #expect(shown.standardOutput.contains("adminctl watch\n"))
        }
    }

    @Test func withoutStreamTheResponseIsImmediate() async throws {
        try await ProspectsExample.withAgent("healthy") { agent, _ in
            guard case .state(let state) = try await agent.call(Watch.self, .init()) else {
                throw SupportError("The response has no state.")
            }
            #expect(state.database == "main" && state.rows == [ProspectsExample.head])
            #expect(try await agent.refusal(Watch.self, .init(afterSequence: 1)).code == .badParams)
            #expect(try await agent.refusal(Watch.self, .init(), key: "elsewhere").code == .forbidden)
        }
    }
}
