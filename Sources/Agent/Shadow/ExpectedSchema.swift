import Alembic
import Schema

/// What a project's migrations and its models make of an empty PostgreSQL: what `schemad snapshot` writes.
struct ExpectedSchema: Codable, Sendable {
    /// Of this shape; a reader of another one makes it anew.
    static let currentFormat = 1

    var format = Self.currentFormat
    /// Names the scripts and all the project's files that env.py loaded.
    var key: String
    /// Names the scripts alone.
    var contentHash: String
    /// RFC 3339, UTC.
    var madeAt: String
    /// Nil when not even the first revision could be run.
    var history: SchemaHistory?
    /// What `create_all` made; nil when env.py hands over no models, or when it failed.
    var models: Catalog?
    /// What of the models could not be made, and the server's words.
    var notMade: [ModelCreation.Failure]
    /// Why history or models are missing, a sentence each.
    var problems: [String]
}
