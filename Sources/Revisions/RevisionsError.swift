/// An upgrade target that cannot be resolved.
public struct RevisionsError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kinds of errors; each comment names Alembic's exception.
    public enum Code: String, Sendable {
        /// No id or label has this name or starts with it (`ResolutionError`).
        case unknown
        /// Several ids or labels start with this partial id (`ResolutionError`).
        case ambiguous
        /// The target is `head` and there are several (`MultipleHeads`).
        case multipleHeads
        /// The revision does not belong to the branch that the target names (`ResolutionError`).
        case notInLine
        /// Several revisions are a step away (`RevisionError`).
        case ambiguousStep
        /// The step leads beyond the history, or down from the rows (`RevisionError`, `AssertionError`).
        case tooFar
        /// The target is a range with a colon, which `upgrade` accepts only with `--sql` (`CommandError`).
        case range
        /// One target is an ancestor of another (`RevisionError`).
        case overlap
        /// The version table contains a row that no script defines (`ResolutionError`).
        case unknownRow
        /// One row of the version table is an ancestor of another (`RevisionError`).
        case overlappingRows
    }

    public var code: Code
    /// The target as it was given.
    public var target: String
    /// One line: what is wrong and what to specify instead.
    public var message: String

    public init(_ code: Code, target: String, message: String) {
        self.code = code
        self.target = target
        self.message = message
    }

    public var description: String { message }
}
