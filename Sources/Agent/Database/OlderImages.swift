import Revisions
import Schema
import Synchronization

/// Whether the live database serves an image that stands at fewer revisions: everything that those revisions made has
/// to be there as they made it, or wider.
final class OlderImages: Sendable {
    private let history: SchemaHistory
    private let live: Catalog
    private let versionTables: [TableName]
    private let defaultSchema: String
    private let answers = Mutex<[Set<String>: Bool?]>([:])

    /// The heads of images that are remembered for one observation: clients choose them.
    private static let limit = 64

    init(_ history: SchemaHistory, live: Catalog, versionTables: [TableName], defaultSchema: String) {
        self.history = history
        self.live = live
        self.versionTables = versionTables
        self.defaultSchema = defaultSchema
    }

    /// Whether the answer for these heads is in memory.
    func knows(_ heads: [String]) -> Bool {
        answers.withLock { $0[Set(heads)] != nil }
    }

    /// Nil when the history cannot tell what the image stands on.
    func image(at heads: [String], _ graph: RevisionGraph) -> Bool? {
        if let known = answers.withLock({ $0[Set(heads)] }) { return known }
        let answer = history.catalog(containing: graph.closure(of: heads)).map { expected in
            let sides = SchemaSides(
                live: live,
                migrations: SchemaSides.Migrations(expected: expected, heads: nil, managed: history.managed),
                versionTables: versionTables, defaultSchema: defaultSchema)
            return !SchemaComparison(sides).isBreaking
        }
        answers.withLock { answers in
            if answers.count >= Self.limit { answers = [:] }
            answers.updateValue(answer, forKey: Set(heads))
        }
        return answer
    }
}
