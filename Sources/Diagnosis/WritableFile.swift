/// A file or folder of what the agent runs with the database's credentials, and who else may change it.
public struct WritableFile: Hashable, Sendable {
    /// Who may write it beside root and the agent's own account.
    public enum Writer: Hashable, Sendable {
        /// Its owner; the account's name, or its number where it has none.
        case owner(String)
        /// A group that is neither root's nor the agent's own.
        case group(String)
        case everyone
    }

    /// Absolute.
    public var path: String
    public var writer: Writer

    public init(path: String, writer: Writer) {
        self.path = path
        self.writer = writer
    }
}
