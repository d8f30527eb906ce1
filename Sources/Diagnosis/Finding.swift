/// One result of a diagnosis, in the form of the contract's `findings`.
public struct Finding: Codable, Hashable, Sendable {
    /// The stable code, for example `version.rows.redundant`; its page is in ``FindingCatalog``.
    public var code: String
    public var severity: Severity
    /// One sentence that names the objects; safe for a terminal.
    public var message: String
    /// Short facts that the finding is based on, each safe for a terminal; may be empty.
    public var evidence: [String]
    /// What to do: comments and commands that can be pasted, one per line; safe for a terminal, never empty.
    public var remedy: String

    public init(code: String, severity: Severity, message: String, evidence: [String] = [], remedy: String) {
        self.code = code
        self.severity = severity
        self.message = message
        self.evidence = evidence
        self.remedy = remedy
    }
}

/// The severity of a finding. A database is healthy when it has no finding of severity `error`.
///
/// Ordered from `error` to `info`, as findings are shown.
public enum Severity: String, Codable, Hashable, Sendable, CaseIterable, Comparable {
    case error, warning, info

    private var rank: Int {
        switch self {
        case .error: 0
        case .warning: 1
        case .info: 2
        }
    }

    public static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }
}
