import Journal
import Logging
import Wire

/// How a job ended.
struct JobOutcome: Sendable {
    var state: Job.State
    var result: String?
    var error: WireError?
    /// Recorded together with the outcome, so that a repair that was made can always be undone.
    var repair: Repair?
    /// The repair that this job has taken back, recorded as undone together with the outcome.
    var undone: String?

    static func succeeded(
        _ result: some Encodable & Sendable, repair: Repair? = nil, undone: String? = nil
    ) throws(WireError) -> JobOutcome {
        JobOutcome(
            state: .succeeded, result: String(decoding: try WireCoding.encode(result), as: UTF8.self), repair: repair,
            undone: undone)
    }

    static func failed(_ error: WireError) -> JobOutcome {
        let state: Job.State =
            switch error.code {
            case .cancelled: .cancelled
            case .outcomeUnknown: .unknown
            default: .failed
            }
        return JobOutcome(state: state, error: error)
    }
}

extension AgentState {
    /// Records how a job ended. While the disk refuses, it is tried again: mutations are refused meanwhile anyway, and at
    /// the next start the database would have to be asked.
    func record(_ outcome: JobOutcome, of job: Job, in journal: Journal) async {
        let error = outcome.error.map { String(decoding: $0.json.encoded(sorted: true), as: UTF8.self) }
        while true {
            do {
                try await journal.finish(
                    job.id, as: outcome.state, result: outcome.result, error: error,
                    retryable: outcome.error?.retryable ?? false, repair: outcome.repair, undone: outcome.undone,
                    at: WallClock.milliseconds)
                logger.info(
                    "job ended",
                    metadata: [
                        "job": "\(job.id)", "command": "\(job.command)", "database": "\(job.database)",
                        "state": "\(outcome.state.rawValue)", "error": "\(outcome.error?.description ?? "none")",
                    ])
                return
            } catch {
                logger.error("the end of job \(job.id) cannot be recorded: \(error)")
                guard error.isDegradation, lifecycle != .draining else { return }
                // Nothing announces that a disk has room again.
                try? await Task.sleep(for: .seconds(1))
            }
        }
    }
}
