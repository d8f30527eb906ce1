import Text
import Wire

/// A random project on disk (`oracle/projects.py`) with Alembic's results for it.
struct ReferenceProject: Decodable, Sendable {
    /// The revisions that Alembic reads; lists with an entry for each revision are in the order of `ids`.
    struct Facts: Decodable, Sendable {
        var ids: [String]
        var heads: [String]
        var effectiveHeads: [String]
        var bases: [String]
        var branchPoints: [String]
        var mergePoints: [String]
        var down: [[String]]
        var dependsOn: [[String]]
        var labels: [[String]]
        var ancestors: [Int]
        /// Relative to the project.
        var files: [String]
        /// The first line of each docstring.
        var docs: [String]
    }

    var number: Int
    /// The absolute path of the project.
    var folder: String
    /// Arguments of `schemad graph`.
    var arguments: [String]
    /// How it is configured.
    var layout: String
    /// The kind of the deliberate fault; nil for none.
    var fault: String?
    /// Whether Alembic refuses the settings and reads no script.
    var areSettingsRefused: Bool
    /// The script with the fault.
    var culprit: String?
    /// Scripts with computed values.
    var computed: [String]
    var refusal: AlembicRefusal?
    /// Nil for a project with a fault, or one that Alembic refuses.
    var facts: Facts?
}

/// The output of `schemad graph --json` for a project without problems.
struct GraphOutput: Hashable {
    var lists: [String: [ExactString]]
    var revisions: [[ExactString]]

    private static let listNames = ["heads", "effectiveHeads", "bases", "branchPoints", "mergePoints"]

    init?(_ json: JSON) {
        lists = [:]
        for name in Self.listNames {
            guard let names = Self.names(json[name]) else { return nil }
            lists[name] = names
        }
        revisions = []
        for revision in json["revisions"]?.arrayValue ?? [] {
            guard let down = Self.names(revision["down"]), let dependsOn = Self.names(revision["dependsOn"]),
                let labels = Self.names(revision["labels"]), let id = revision["id"]?.stringValue,
                let file = revision["file"]?.stringValue, let doc = revision["doc"]?.stringValue
            else { return nil }
            revisions.append(Self.line(id, down, dependsOn, labels, file: file, doc: doc))
        }
    }

    init(_ facts: ReferenceProject.Facts) {
        let values = [facts.heads, facts.effectiveHeads, facts.bases, facts.branchPoints, facts.mergePoints]
        lists = Dictionary(uniqueKeysWithValues: zip(Self.listNames, values.map(exact)))
        revisions = facts.ids.indices.map { number in
            Self.line(
                facts.ids[number], exact(facts.down[number]), exact(facts.dependsOn[number]),
                exact(facts.labels[number]), file: facts.files[number], doc: facts.docs[number])
        }
    }

    private static func names(_ json: JSON?) -> [ExactString]? {
        json?.arrayValue.map { $0.map { ExactString($0.stringValue ?? "") } }
    }

    /// One revision as a flat list, with a marker before each of its lists.
    private static func line(
        _ id: String, _ down: [ExactString], _ dependsOn: [ExactString], _ labels: [ExactString], file: String,
        doc: String
    ) -> [ExactString] {
        let marked = [("down", down), ("dependsOn", dependsOn), ("labels", labels)]
        return exact([id, file, doc]) + marked.flatMap { [ExactString("\($0.0):")] + $0.1 }
    }

    private static func text(_ names: [ExactString]) -> String { "\(names.map(\.text))" }

    /// The first list or revision that differs; nil if none does.
    func difference(from other: GraphOutput) -> (name: String, mine: String, others: String)? {
        for name in Self.listNames where lists[name] != other.lists[name] {
            return (name, Self.text(lists[name] ?? []), Self.text(other.lists[name] ?? []))
        }
        for (mine, others) in zip(revisions, other.revisions) where mine != others {
            return ("revision \(mine[0].text.debugDescription)", Self.text(mine), Self.text(others))
        }
        if revisions.count != other.revisions.count {
            return ("ids", Self.text(revisions.map { $0[0] }), Self.text(other.revisions.map { $0[0] }))
        }
        return nil
    }
}
