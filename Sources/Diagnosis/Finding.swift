/// One thing that a diagnosis found, in the shape of the contract's `findings`.
public struct Finding: Codable, Hashable, Sendable {
    /// The stable code, for example `version.rows.redundant`; its page is in ``FindingCatalog``.
    public var code: String
    public var severity: Severity
    /// One sentence that names the objects; fit for a terminal.
    public var message: String
    /// Short facts on which the finding rests, each fit for a terminal; may be empty.
    public var evidence: [String]
    /// What to do, with commands that can be pasted, one on a line; fit for a terminal, never empty.
    public var remedy: String

    public init(code: String, severity: Severity, message: String, evidence: [String] = [], remedy: String) {
        self.code = code
        self.severity = severity
        self.message = message
        self.evidence = evidence
        self.remedy = remedy
    }
}

/// How grave a finding is. A database is healthy when it has no finding of severity `error`.
///
/// Ordered from `error` down, the order in which a reader wants them.
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
