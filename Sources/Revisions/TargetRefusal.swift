/// Why a target names no revisions to upgrade to.
public struct TargetRefusal: Error, Codable, Hashable, Sendable, CustomStringConvertible {
    /// The kinds of refusal; the comment names Alembic's exception.
    public enum Reason: String, Codable, Sendable {
        /// No id, label or partial id of that name (`ResolutionError`).
        case unknown
        /// A partial id that fits several names (`ResolutionError`).
        case ambiguous
        /// `head` where there are several (`MultipleHeads`).
        case multipleHeads
        /// The revision exists and is not of the branch that the target names (`ResolutionError`).
        case notInLine
        /// A step that could go several ways (`RevisionError`).
        case ambiguousStep
        /// A step beyond the ends of the history, or downwards from the rows (`RevisionError`, `AssertionError`).
        case tooFar
        /// Two revisions with a colon between them, which `upgrade` takes for `--sql` only (`CommandError`).
        case range
        /// Targets of which one stands on another (`RevisionError`).
        case overlap
        /// The version table holds what the scripts do not define (`ResolutionError`).
        case unknownRow
        /// The version table holds rows of which one stands on another (`RevisionError`).
        case overlappingRows
    }

    /// The target as it was given.
    public var target: String
    /// The kind.
    public var reason: Reason
    /// One line: what is wrong and what to say instead.
    public var message: String

    /// Holds the three values.
    public init(target: String, reason: Reason, message: String) {
        self.target = target
        self.reason = reason
        self.message = message
    }

    /// The message.
    public var description: String { message }
}
