import Postgres
import Schema
import Support

/// The databases and the history of the migrations for ``RemedyTests`` and ``SituationTests``.
///
/// Revision 1 makes ``RemedySchema/statements``, revision 2 ``RemedySchema/next``.
struct RemedyTemplate: Sendable {
    struct Database: Sendable {
        /// Of the database from which each case has a copy.
        var name: String
        var catalog: Catalog
    }

    /// After revision 1.
    let first: Database
    /// After revision 2.
    let second: Database
    let history: SchemaHistory
    /// Without revision 2.
    let onlyFirst: SchemaHistory

    private static let made = Task { try await RemedyTemplate() }

    static func shared() async throws -> RemedyTemplate { try await made.value }

    private init() async throws {
        let empty = try await TestDatabase.with { try await $0.catalog() }
        first = try await Self.database(RemedySchema.statements)
        second = try await Self.database(RemedySchema.statements + "\n" + RemedySchema.next)
        var history = SchemaHistory(base: empty)
        history.append(revision: "1", rows: ["1"], catalog: first.catalog)
        onlyFirst = history
        history.append(revision: "2", rows: ["2"], catalog: second.catalog)
        self.history = history
    }

    private static func database(_ statements: String) async throws -> Database {
        let (url, name) = try await TestCluster.database()
        let outcome = try await RemedyScript.run([statements], in: url)
        guard outcome.status == 0 else { throw SupportError("psql: \(outcome.standardError)") }
        return Database(name: name, catalog: try await TestDatabase(url: url).catalog())
    }
}

extension TestDatabase {
    func catalog() async throws -> Catalog {
        try await Connection.temporary(try DatabaseAddress(url), SessionOptions(applicationName: "tests")) {
            session throws(PostgresError) in
            try CatalogReader.read(session, .init(comments: true))
        }
    }
}
