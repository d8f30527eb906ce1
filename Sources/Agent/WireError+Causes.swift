import Alembic
import Inspection
import Jobs
import Journal
import Logging
import Tokens
import Wire

/// Every error of another module as a client sees it.
extension WireError {
    init(_ error: JobsError) {
        self.init(
            error.code, error.message, details: error.details.isEmpty ? nil : .object(JSON.Object(error.details)))
        retryable = error.isRetryable
    }

    init(_ error: InspectionError) { self.init(JobsError(error)) }

    init(_ error: AlembicError) { self.init(InspectionError(error)) }

    /// What cannot be recorded is not started.
    init(_ error: JournalError) { self.init(JobsError(error)) }

    /// - Parameter now: the agent's time in Unix seconds.
    init(_ error: TokensError, now: Int64) {
        switch error {
        case .unauthenticated:
            self.init(.unauthenticated, "the token is not valid: check the key file, the audience and the clock")
        case .tokenExpired:
            self.init(
                .tokenExpired, "the token has expired; create a new one for each request",
                details: .object(JSON.Object([.init("time", .integer(now))])))
        }
    }

    /// Hides the details of an internal error, which only the log may show.
    func concealed(_ logger: Logger) -> WireError {
        guard code == .internal, details?["incident"] == nil else { return self }
        let incident = Incident(message, logger)
        return WireError(
            .internal, incident.message, details: .object(JSON.Object([.init("incident", .string(incident.id))])))
    }
}
