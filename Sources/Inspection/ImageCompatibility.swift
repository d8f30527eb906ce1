package import Revisions
import Schema
import Synchronization

/// Decides whether the live database serves an image that has fewer revisions: everything that those revisions create
/// must exist as they create it, or wider.
package final class ImageCompatibility: Sendable {
    private let history: SchemaHistory
    private let live: Catalog
    private let versionTables: [TableName]
    private let defaultSchema: String
    private let decisions = Mutex<[Set<String>: Bool?]>([:])

    /// How many decisions are kept for one diagnosis: clients choose the heads.
    private static let limit = 64

    init(_ history: SchemaHistory, live: Catalog, versionTables: [TableName], defaultSchema: String) {
        self.history = history
        self.live = live
        self.versionTables = versionTables
        self.defaultSchema = defaultSchema
    }

    /// Whether the decision for these heads is in memory.
    package func knows(_ heads: [String]) -> Bool {
        decisions.withLock { $0[Set(heads)] != nil }
    }

    /// Whether an image with these heads is served; nil when the history does not contain its revisions.
    package func serves(_ heads: [String], _ graph: RevisionGraph) -> Bool? {
        if let known = decisions.withLock({ $0[Set(heads)] }) { return known }
        let decision = history.catalog(containing: graph.closure(of: heads)).map { expected in
            let sides = SchemaSides(
                live: live,
                migrations: SchemaSides.Migrations(expected: expected, heads: nil, managed: history.managed),
                versionTables: versionTables, defaultSchema: defaultSchema)
            return !SchemaComparison(sides).isBreaking
        }
        decisions.withLock { decisions in
            if decisions.count >= Self.limit { decisions = [:] }
            decisions.updateValue(decision, forKey: Set(heads))
        }
        return decision
    }
}
