import Synchronization
import Wire

@testable import WebhookBridge

/// An agent that records requests and creates one job per idempotency key, as the real one does.
final class FakeAgent: Agent {
    struct MigrateRequest: Hashable, Sendable {
        var database: String
        var key: String
        var reason: String
        var deadline: Duration
    }

    struct Memory: Sendable {
        var requests: [MigrateRequest] = []
        var jobs: [String: JobEntry] = [:]
        var refusal: WireError?
        var state: Hello.State? = .ready
        var hasNothingToDo = false
    }

    let memory = Mutex(Memory())

    var requests: [MigrateRequest] { memory.withLock { $0.requests } }

    func migrate(
        database: String, idempotencyKey: String, reason: String, deadline: Duration
    ) async throws(WireError) -> Migrate.Result {
        let outcome: Result<Migrate.Result, WireError> = memory.withLock { memory in
            if let refusal = memory.refusal { return .failure(refusal) }
            let request = MigrateRequest(database: database, key: idempotencyKey, reason: reason, deadline: deadline)
            let keys = memory.requests.map(\.key)
            let number = keys.firstIndex(of: idempotencyKey) ?? keys.count
            memory.requests.append(request)
            let id = "job\(number)"
            memory.jobs[id] = JobEntry(
                id: id, command: "migrate", database: database, state: memory.hasNothingToDo ? .succeeded : .queued,
                createdAt: "2026-01-01T00:00:00.000Z")
            return .success(
                Migrate.Result(
                    job: id, state: memory.hasNothingToDo ? .succeeded : .queued, from: nil, to: nil, applied: [],
                    durationMs: nil))
        }
        return try outcome.get()
    }

    func job(_ id: String) async throws(WireError) -> JobEntry? {
        memory.withLock { $0.jobs[id] }
    }

    func hello() async throws(WireError) -> Hello {
        guard let state = memory.withLock({ $0.state }) else { throw WireError(.degraded, "nobody listens") }
        return Hello(agent: "0.1.0", audience: "orders-db", time: 1_767_225_600, state: state)
    }
}
