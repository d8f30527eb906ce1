import FoundationEssentials

/// Limits how many tests run servers and Python at the same time. With more, each would miss its deadlines.
actor TestSlots {
    private static let shared = TestSlots(free: ProcessInfo.processInfo.activeProcessorCount + 2)

    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    private init(free: Int) { self.free = free }

    /// Runs the body as soon as a slot is free. Calls must not be nested.
    static func with<T>(
        isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> T
    ) async throws -> T {
        await shared.acquire()
        do {
            let value = try await body()
            await shared.release()
            return value
        } catch {
            await shared.release()
            throw error
        }
    }

    private func acquire() async {
        if free > 0 {
            free -= 1
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    private func release() {
        if waiting.isEmpty {
            free += 1
        } else {
            waiting.removeFirst().resume()
        }
    }
}
