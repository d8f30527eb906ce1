import Alembic
import Postgres
import Schema

/// Lets a shadow parse expressions in the schema that they belong to and print them back: in the schema of the live
/// revisions, or, for objects that do not exist there yet, in that of the heads.
struct ExpressionNormalizer: Sendable {

    let shadow: ShadowServer
    /// What the shadow has in common with the live database.
    let setup: ShadowSetup
    /// The heads of the revisions that have run; empty before the first revision.
    let revisions: [String]
    /// Runs the project's Python with this database's URL.
    let runner: @Sendable (DatabaseAddress) -> Runner

    /// PostgreSQL's wording of each expression; those that neither schema accepts are left out.
    ///
    /// - Throws: when there is no shadow, or the history cannot be replayed to the live revisions.
    func normalize(_ texts: [ExpressionText]) async throws -> [ExpressionText: String] {
        try await shadow.held {
            try await shadow.withDatabase(setup) { database in
                if !revisions.isEmpty { try await replay(to: revisions, database) }
                let normalized = try await database.normalize(texts)
                let rest = texts.filter { normalized[$0] == nil }
                // Expressions of heads that cannot be replayed stay as they are.
                guard !rest.isEmpty, (try? await replay(to: ["heads"], database)) != nil else { return normalized }
                return try await normalized.merging(database.normalize(rest)) { first, _ in first }
            }
        }
    }

    private func replay(to targets: [String], _ database: ShadowDatabase) async throws(AlembicError) {
        _ = try await runner(database.address).replay(
            to: targets, nonce: database.nonce, deadline: shadow.replayDeadline,
            staysInDatabase: !shadow.isEmbedded, prove: database.proves, afterRevision: { _ in }
        )
    }
}
