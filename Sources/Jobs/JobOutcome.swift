import FoundationEssentials
package import Journal
import Wire

/// How a job ended.
package struct JobOutcome: Sendable {
    package var state: Job.State
    /// The contract's result of the command, JSON text; nil unless it succeeded.
    package var result: String?
    package var error: JobsError?
    /// Recorded together with the outcome, so that a repair that was made can always be undone.
    package var repair: Repair?
    /// The id of the repair that this job has undone, marked so together with the outcome.
    package var undone: String?

    static func succeeded(
        _ result: some Encodable & Sendable, repair: Repair? = nil, undone: String? = nil
    ) throws(JobsError) -> JobOutcome {
        JobOutcome(state: .succeeded, result: try json(result), repair: repair, undone: undone)
    }

    package static func failed(_ error: JobsError) -> JobOutcome {
        let state: Job.State =
            switch error.code {
            case .cancelled: .cancelled
            case .outcomeUnknown: .unknown
            default: .failed
            }
        return JobOutcome(state: state, error: error)
    }

    /// Values as the journal stores them: members sorted, slashes not escaped.
    static func json(_ value: some Encodable) throws(JobsError) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return String(decoding: try encoder.encode(value), as: UTF8.self)
        } catch {
            throw JobsError(.internal, "\(type(of: value)) cannot be written as JSON: \(error)")
        }
    }
}
