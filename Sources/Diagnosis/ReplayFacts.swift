/// A replay of the migrations that took too long and was stopped.
public struct ReplayTimeoutFacts: Hashable, Sendable {
    /// The revision that was running; nil before the first one.
    public var revision: String?
    /// The limit as text, for example `10 min`.
    public var limit: String
    /// `file:line` in the project, where Python stood; nil when that is not known.
    public var place: String?
    /// The functions that Python was in, as `file:line in function`, the innermost first.
    public var stack: [String]

    public init(revision: String?, limit: String, place: String? = nil, stack: [String] = []) {
        self.revision = revision
        self.limit = limit
        self.place = place
        self.stack = stack
    }
}

/// A role that a revision refers to and that does not exist.
public struct MissingRole: Hashable, Sendable {
    public var role: String
    public var revision: String

    public init(role: String, revision: String) {
        self.role = role
        self.revision = revision
    }
}
