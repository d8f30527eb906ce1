/// A file or folder that the agent runs with the database's credentials, and who else can change it.
public struct WritableFile: Hashable, Sendable {
    /// Who can write it, other than root and the agent's own account.
    public enum Writer: Hashable, Sendable {
        /// Its owner: the account's name, or its number if it has no name.
        case owner(String)
        /// A group other than root's and the agent's.
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
