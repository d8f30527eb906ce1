package import Alembic
import Runtime
package import Schema

/// What a project's migrations and its models create in an empty PostgreSQL. `schemad snapshot` writes it to a file.
package struct ExpectedSchema: Codable, Sendable {
    /// The version of this struct's JSON; files of other versions are built again.
    static let currentFormat = 5

    package var format = Self.currentFormat
    /// Identifies the scripts and all files of the project that env.py loaded.
    package var key: String
    /// Identifies the scripts alone.
    package var contentHash: String
    /// The hash of the script of each revision.
    var scripts: [String: String] = [:]
    /// RFC 3339, UTC.
    package var madeAt: String
    /// Nil when not even the first revision could be run.
    package var history: SchemaHistory?
    /// What `create_all` created; nil when env.py returns no models, or when it failed.
    package var models: Catalog?
    /// Tables that env.py excludes from Alembic's own comparison of models and migrations; empty unless the whole
    /// history was replayed.
    package var hiddenTables: [TableName] = []
    /// The width of `version_num` after each revision that changes it, by revision; nil is no limit.
    var versionWidths: [String: Int?] = [:]
    /// Whether every id could be recorded in the version table that the project creates; nil when that is not known.
    var recordsEveryID: Bool?
    /// The revisions that switch to another role.
    package var roleSwitches: Set<String> = []
    /// The schema for want of which the replay stopped.
    var missingSchema: String?
    /// The database, other than the live one, for want of which the replay stopped, and the name that the shadow's database
    /// had to have.
    var missingDatabase: String?
    var database: String?
    /// Where the replay was when it had to be stopped; nil when it ended by itself.
    var timeout: ReplayTimeout?
    /// Roles that neither the live server nor the shadow had, and the revision that needs each.
    var addedRoles: [RoleNeed] = []
    /// The role for want of which the replay stopped.
    var roleMissingInShadow: RoleNeed?
    /// The schemas that existed before the replay, and the roles that the history creates itself.
    var schemas: Set<String> = ["public"]
    var droppedRoles: Set<String> = []
    /// The width of a version table that was wider than the project's own; nil where that was wide enough.
    var widenedTo: Int?
    /// Objects of the models that could not be created, with the server's messages.
    package var notCreated: [ModelCreation.Failure]
    /// Why history or models are missing, a clause each.
    package var problems: [String]
    /// True when reading only what each revision changed gave another catalog than a full read, so that the history was
    /// replayed again with a full read after each revision; otherwise nil.
    package var changesWereMissed: Bool?
    /// What env.py opened instead of the shadow; nil when it opened the shadow.
    package var openedInstead: String?

    /// Whether every table of the models was created; indexes may be missing.
    var hasAllTables: Bool { notCreated.allSatisfy { Self.isIndex($0) || $0.object.hasPrefix("extension ") } }

    /// Whether some index of the models could not be created.
    var lacksIndexes: Bool { notCreated.contains(where: Self.isIndex) }

    private static func isIndex(_ failure: ModelCreation.Failure) -> Bool { failure.object.hasPrefix("index ") }

    /// Why not everything can be compared; each is a clause without a full stop.
    package var gaps: [String] {
        guard let first = notCreated.first else { return problems }
        let others = notCreated.count == 1 ? "" : " and \(notCreated.count - 1) more"
        let reason = first.message.prefix { !$0.isNewline }
        return problems + ["\(first.object)\(others) of the models could not be created in the shadow: \(reason)"]
    }
}

/// A replay that took too long.
struct ReplayTimeout: Codable, Hashable, Sendable {
    /// The revision that was running; nil before the first one.
    var revision: String?
    var limitMs: Int64
    /// The innermost line of the project.
    var file: String?
    var line: Int?
    /// The innermost frame first.
    var stack: [String]

    init(_ error: AlembicError, after limit: Duration) {
        revision = error.revision
        limitMs = limit.milliseconds
        (file, line, stack) = (error.file, error.line, error.stack)
    }
}

/// A role that a revision refers to.
struct RoleNeed: Codable, Hashable, Sendable {
    var role: String
    var revision: String
}

extension ExpectedSchema {
    /// Whether another replay may get further although the project is the same.
    var mayImprove: Bool { timeout != nil || roleMissingInShadow != nil }
    /// Without comments and privileges unless they are compared: a snapshot has them in case the settings need them.
    func limited(to compared: Set<DatabaseSettings.OptionalComparison>) -> ExpectedSchema {
        var result = self
        let limit = { (catalog: inout Catalog) in
            if !compared.contains(.comments) { catalog.dropComments() }
            if !compared.contains(.privileges) { catalog.dropPrivileges() }
        }
        result.history?.changeCatalogs(limit)
        if var models {
            limit(&models)
            result.models = models
        }
        return result
    }
}
