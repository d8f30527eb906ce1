import Alembic
import Journal
import Runtime
import Synchronization

/// Records the steps of a migration before they happen, and stops the run before a COMMIT when its lock is lost or the
/// journal cannot be written.
final class MigrationSteps: Sendable {
    private struct State {
        /// The steps of the COMMIT that has not returned.
        var open: [JobStep] = []
        var scriptHashes: [String: String] = [:]
        var refusal: JobsError?
    }

    private let execution: JobExecution
    private let runGuard: RunGuard
    private let state = Mutex(State())

    init(_ execution: JobExecution, _ runGuard: RunGuard) {
        self.execution = execution
        self.runGuard = runGuard
    }

    /// Why the run was stopped; nil when it was not.
    var refusal: JobsError? { state.withLock(\.refusal) }

    /// Called for each event of the run, in order.
    ///
    /// - Throws: why the run must not go on.
    func record(_ event: RunnerEvent) async throws(JobsError) {
        do throws(JobsError) {
            try await append(event)
        } catch {
            state.withLock { $0.refusal = error }
            throw error
        }
    }

    /// COMMIT has returned. Whether this is recorded decides nothing: the server knows it.
    func committed() async {
        let open = state.withLock { state in
            defer { state.open = [] }
            return state.open
        }
        guard !open.isEmpty else { return }
        let now = WallClock.milliseconds
        try? await execution.record(
            open.map { step in
                JobStep(
                    .committed, at: now, revision: step.revision, transaction: step.transaction,
                    scriptHash: step.scriptHash)
            })
    }

    private func append(_ event: RunnerEvent) async throws(JobsError) {
        let now = WallClock.milliseconds
        switch event {
        case .connected:
            try await execution.record(JobStep(.connected, at: now))
        case .revisionStarted(let revision, _, _, let scriptHash):
            state.withLock { $0.scriptHashes[revision] = scriptHash }
            try await execution.record(JobStep(.revisionStarted, at: now, revision: revision, scriptHash: scriptHash))
        case .autocommit(let revision):
            try await runGuard.requireHeld()
            try await execution.record(
                JobStep(.autocommit, at: now, revision: revision, scriptHash: scriptHash(revision)))
        case .committing(let transaction, let revisions):
            try await runGuard.requireHeld()
            let all: [String?] = revisions.isEmpty ? [nil] : revisions
            let steps = all.map { revision in
                JobStep(
                    .committing, at: now, revision: revision, transaction: transaction,
                    scriptHash: scriptHash(revision))
            }
            try await execution.record(steps)
            state.withLock { $0.open = steps }
        case .revisionApplied(_, _, let isCommitted):
            if isCommitted { await committed() }
        case .statementStarted, .statementEnded, .roleSwitched: break
        }
    }

    private func scriptHash(_ revision: String?) -> String? {
        state.withLock { state in revision.flatMap { state.scriptHashes[$0] } }
    }
}
