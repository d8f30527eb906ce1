import Runtime
import Testing

@Suite(.timeLimit(.minutes(1))) struct DeadlineTests {
    enum Failure: Error { case late, cancelled, own }

    private static func wait(
        _ limit: Duration, _ work: @escaping @Sendable () async -> Result<Int, Failure>
    ) async throws(Failure) -> Int {
        try await Deadline.wait(until: .now + limit, late: .late, cancelled: .cancelled, work)
    }

    @Test func aResultInTime() async throws {
        #expect(try await Self.wait(.seconds(30)) { .success(7) } == 7)
    }

    @Test func aFailureInTime() async {
        await #expect(throws: Failure.own) { try await Self.wait(.seconds(30)) { .failure(.own) } }
    }

    @Test(arguments: [Duration.seconds(-1), .zero, .milliseconds(20)])
    func lateWorkIsCancelled(limit: Duration) async {
        let (ends, end) = AsyncStream.makeStream(of: Bool.self)
        await #expect(throws: Failure.late) {
            try await Self.wait(limit) {
                try? await Task.sleep(for: .seconds(30))
                end.yield(Task.isCancelled)
                return .success(1)
            }
        }
        #expect(await ends.first { _ in true } == true)
    }

    /// The caller gets its result although the work does not react to cancellation.
    @Test func workThatIgnoresCancellationDoesNotHoldTheCaller() async {
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        let (ends, end) = AsyncStream.makeStream(of: Void.self)
        let start = ContinuousClock.now
        await #expect(throws: Failure.late) {
            try await Self.wait(.milliseconds(20)) {
                await Task.detached { for await _ in gate { break } }.value
                end.yield()
                return .success(1)
            }
        }
        #expect(ContinuousClock.now - start < .seconds(20))
        open.yield()
        _ = await ends.first { true }
    }

    @Test func aCancelledCallerReturnsAtOnce() async {
        let (starts, start) = AsyncStream.makeStream(of: Void.self)
        let caller = Task {
            await Result { () async throws(Failure) in
                try await Self.wait(.seconds(30)) {
                    start.yield()
                    try? await Task.sleep(for: .seconds(30))
                    return .success(1)
                }
            }
        }
        _ = await starts.first { true }
        caller.cancel()
        #expect(await caller.value == .failure(.cancelled))
    }

    @Test func aCallerThatWasCancelledBefore() async {
        let result = await Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await Result { () async throws(Failure) in
                try await Self.wait(.seconds(30)) {
                    try? await Task.sleep(for: .seconds(30))
                    return .success(1)
                }
            }
        }.value
        #expect(result == .failure(.cancelled))
    }
}

extension Result where Failure == DeadlineTests.Failure {
    fileprivate init(_ body: () async throws(Failure) -> Success) async {
        do {
            self = .success(try await body())
        } catch {
            self = .failure(error)
        }
    }
}
