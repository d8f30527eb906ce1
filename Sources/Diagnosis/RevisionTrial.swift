import Schema

/// What happens when the pending revisions run in a shadow database that has the live schema, without its rows.
public enum RevisionTrial: Codable, Hashable, Sendable {
    /// It has not ended.
    case running
    /// Every pending revision ran.
    case passed
    case failed(Failure)
    /// Why it cannot be made: a clause without a full stop.
    case notPossible(because: String)

    /// The first revision that failed.
    public struct Failure: Codable, Hashable, Sendable {
        public var revision: String
        /// Nil when the failure was none of the server.
        public var sqlstate: String?
        /// The server's or Python's message, redacted.
        public var message: String

        public init(revision: String, sqlstate: String?, message: String) {
            self.revision = revision
            self.sqlstate = sqlstate
            self.message = message
        }
    }
}

extension Facts {
    /// The failure of a pending revision that is certain on the live database too: in the trial the server refused to
    /// create what is there, or to drop what is not, and the live database has that part of the revision.
    package var certainFailure: RevisionTrial.Failure? {
        guard case .failed(let failure)? = trial, let sqlstate = failure.sqlstate,
            case .compared(let comparison, _) = schema,
            let revision = comparison.pending.first(where: { $0.revision == failure.revision }),
            revision.present.contains(where: { $0.sqlstate == sqlstate })
        else { return nil }
        return failure
    }
}
