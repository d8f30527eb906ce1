public import Schema

/// The result of a run of the project's Python code, with the files that it depends on.
package protocol RunnerResult: Codable, Sendable {
    /// Absolute paths, including files that were looked up and do not exist.
    var files: [String] { get }
    /// Absolute paths of folders in which a new or removed name may change the result.
    var folders: [String] { get }
}

/// The result of replaying a history in a shadow database.
public struct Replay: Hashable, Sendable {
    /// The revisions in the order in which they ran.
    public var applied: [String]
    /// Tables of the models and of the history that env.py excludes from Alembic's autogenerate comparison.
    public var hiddenTables: [TableName]
    /// Revisions that use a second connection while env.py's own transaction is open: what they see there depends on
    /// what is committed.
    public var observers: [String]
}

/// The result of creating the models in a shadow database.
public struct ModelCreation: Codable, Hashable, Sendable {
    /// An object that could not be created.
    public struct Failure: Codable, Hashable, Sendable {
        /// Its kind and name, for example `table shop.orders`.
        public var object: String
        /// The server's error message.
        public var message: String
    }

    public var failures: [Failure]
}
