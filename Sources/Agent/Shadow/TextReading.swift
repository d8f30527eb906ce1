import Alembic
import Postgres
import Schema

/// Parses texts of definitions in the schema that they belong to: that of the live revisions, or, what is not there
/// yet, that of the heads.
struct TextReading: Sendable {
    private static let deadline = Duration.seconds(600)

    let shadow: ShadowServer
    /// The live server's `server_version_num`, and its roles.
    let serverVersion: Int
    let roles: [String]
    /// Where live is; empty means before the first revision.
    let revisions: [String]
    /// Runs the project's Python with this database's URL.
    let runner: @Sendable (DatabaseAddress) -> Runner

    /// What the texts read back as; those that neither schema takes are left out.
    ///
    /// - Throws: when there is no shadow, or the history does not get to the live revisions.
    func read(_ texts: [ExpressionText]) async throws -> [ExpressionText: String] {
        try await shadow.held {
            try await shadow.withDatabase(standingFor: serverVersion, roles: roles) { database in
                if !revisions.isEmpty { try await replay(to: revisions, database) }
                let answers = try await database.readBack(texts)
                let open = texts.filter { answers[$0] == nil }
                // Heads that cannot be reached leave open what they would have told.
                guard !open.isEmpty, (try? await replay(to: ["heads"], database)) != nil else { return answers }
                return try await answers.merging(database.readBack(open)) { first, _ in first }
            }
        }
    }

    private func replay(to targets: [String], _ database: ShadowDatabase) async throws(RunnerError) {
        _ = try await runner(database.address).replay(
            to: targets, nonce: database.nonce, deadline: Self.deadline, prove: database.proves, look: { _ in })
    }
}
