import Support
import Synchronization
import Testing
import Wire

@testable import Jobs

/// The lock of a database that cannot be reached.
@Suite struct RunGuardTests {
    private static func take(
        _ fixture: JobsFixture, until deadline: ContinuousClock.Instant, isDraining: Bool = false
    ) async -> (error: JobsError?, messages: [String]) {
        let runGuard = RunGuard(fixture.queue.database, job: "job")
        let messages = Mutex<[String]>([])
        var failure: JobsError?
        do throws(JobsError) {
            try await runGuard.take(
                until: deadline, mayGoOn: { () throws(JobsError) in if isDraining { throw .draining } }
            ) { message in
                messages.withLock { $0.append(message) }
            }
        } catch {
            failure = error
        }
        await runGuard.release()
        return (failure, messages.withLock(\.self))
    }

    /// The error of the connection, not a conflict; nobody holds a lock that could be waited for.
    @Test(arguments: [Duration.seconds(60), .seconds(-1)], [false, true])
    func theConnectionsErrorIsReported(left: Duration, isDraining: Bool) async throws {
        try await JobsFixture.with { fixture in
            let (error, messages) = await Self.take(fixture, until: .now + left, isDraining: isDraining)
            #expect(error?.code == .databaseUnavailable && error?.isRetryable == true)
            #expect(error?.message.hasPrefix("database main: ") == true)
            #expect(messages.isEmpty)
        }
    }

    @Test func aLockThatWasNeverTakenIsNotHeld() async throws {
        try await JobsFixture.with { fixture in
            let runGuard = RunGuard(fixture.queue.database, job: "job")
            let error = await #expect(throws: JobsError.self) { try await runGuard.requireHeld() }
            #expect(error?.code == .conflict && error?.message.hasPrefix("database main: ") == true)
            await runGuard.release()
            await runGuard.release()
        }
    }
}
