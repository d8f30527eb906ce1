public import Schema

extension Runner {
    /// Looks at the throwaway database after a revision, which waits meanwhile.
    public typealias Look = @Sendable (_ revision: String) async throws -> Void

    /// Runs the project's revisions in a throwaway database. After each one everything that it did is committed,
    /// however env.py keeps its transactions.
    ///
    /// - Parameters:
    ///   - targets: as for `alembic upgrade`.
    ///   - nonce: an advisory lock key that nobody else uses, held in shared mode by every session of the run.
    ///   - prove: agrees only to sessions in the throwaway database.
    ///   - look: called after each revision; an error ends the run.
    /// - Returns: what is left to say when the whole history has run.
    /// - Throws: as ``migrate(_:prove:progress:)``; the error's `outcome` has what went well before.
    public func replay(
        to targets: [String], nonce: Int64, deadline: Duration, prove: Proof, look: Look
    ) async throws(RunnerError) -> Replay {
        var configuration = RunnerConfiguration(self, mode: "replay", fence: nonce)
        configuration.settings = ["application_name": "schemad replay", "client_connection_check_interval": "1s"]
        configuration.targets = targets
        let conversation = try await converse(configuration, deadline: deadline, prove: prove, look: look)
        return Replay(applied: conversation.outcome.applied, hiddenTables: conversation.hiddenTables)
    }

    /// Makes what the models describe in an empty throwaway database: the extensions, the schemas, then
    /// `MetaData.create_all()`.
    ///
    /// - Parameter extensions: the names of those that the models may rest upon.
    public func create(
        extensions: [String], nonce: Int64, deadline: Duration, prove: Proof
    ) async throws(RunnerError) -> ModelCreation {
        var configuration = RunnerConfiguration(self, mode: "create", fence: nonce)
        configuration.settings = ["application_name": "schemad create", "client_connection_check_interval": "1s"]
        configuration.extensions = extensions
        let conversation = try await converse(configuration, deadline: deadline, prove: prove)
        guard let creation = conversation.creation else {
            throw conversation.lost("the runner finished without saying what it created")
        }
        return creation
    }
}

/// A whole history in a throwaway database.
public struct Replay: Hashable, Sendable {
    /// In the order in which they ran.
    public var applied: [String]
    /// Tables of the models and of the history that env.py keeps from Alembic's own comparison of the two.
    public var hiddenTables: [TableName]
}

/// What became of the models in a throwaway database.
public struct ModelCreation: Codable, Hashable, Sendable {
    /// Something that could not be made.
    public struct Failure: Codable, Hashable, Sendable {
        /// Its kind and name, as `table shop.orders`.
        public var object: String
        /// In the server's words.
        public var message: String
    }

    public var failures: [Failure]
}
