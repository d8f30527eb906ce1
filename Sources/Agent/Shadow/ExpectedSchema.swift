import Alembic
import Schema

/// What a project's migrations and its models make of an empty PostgreSQL: what `schemad snapshot` writes.
struct ExpectedSchema: Codable, Sendable {
    /// Of this shape; a reader of another one makes it anew.
    static let currentFormat = 2

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
    /// Tables that env.py keeps from Alembic's own comparison of models and migrations; empty without a whole history.
    var hiddenTables: [TableName] = []
    /// What of the models could not be made, and the server's words.
    var notMade: [ModelCreation.Failure]
    /// Why history or models are missing, a sentence each.
    var problems: [String]
    /// What env.py opened instead of the shadow; nil when it opened the shadow.
    var openedInstead: String?

    /// Whether every table of the models was made; indexes may be missing.
    var hasAllTables: Bool { notMade.allSatisfy { Self.isIndex($0) || $0.object.hasPrefix("extension ") } }

    /// Whether some index of the models could not be made.
    var lacksIndexes: Bool { notMade.contains(where: Self.isIndex) }

    private static func isIndex(_ failure: ModelCreation.Failure) -> Bool { failure.object.hasPrefix("index ") }

    /// Why not everything can be compared; each completes "because …".
    var gaps: [String] {
        guard let first = notMade.first else { return problems }
        let others = notMade.count == 1 ? "" : " and \(notMade.count - 1) more"
        let reason = first.message.prefix { !$0.isNewline }
        return problems + ["\(first.object)\(others) of the models could not be made in the shadow: \(reason)"]
    }
}

extension ExpectedSchema {
    /// Without what nobody has asked for: a snapshot has everything, for whoever may ask.
    func limited(to wanted: Set<DatabaseSettings.Extra>) -> ExpectedSchema {
        var result = self
        let limit = { (catalog: inout Catalog) in
            if !wanted.contains(.comments) { catalog.dropComments() }
            if !wanted.contains(.privileges) { catalog.dropPrivileges() }
        }
        result.history?.changeCatalogs(limit)
        if var models {
            limit(&models)
            result.models = models
        }
        return result
    }
}
