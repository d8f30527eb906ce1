import Revisions
import Wire

/// A random project on disk (`oracle/projects.py`), and what Alembic reads in it.
struct ProjectTruth: Decodable, Sendable {
    /// What Alembic reads; lists are in the order of `ids`.
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
    /// The project, absolute.
    var folder: String
    /// For `schemad graph`.
    var arguments: [String]
    /// How it is configured.
    var layout: String
    /// What is wrong with it on purpose.
    var fault: String?
    /// Whether Alembic looks at no script, because it cannot follow the settings.
    var areSettingsRefused: Bool
    /// The script with the fault.
    var culprit: String?
    /// Scripts with a value that only running them tells.
    var computed: [String]
    var refusal: AlembicRefusal?
    /// Nil with a fault, or when Alembic refuses the project.
    var facts: Facts?
}

/// What `schemad graph --json` says of a project without problems.
struct ProjectAnswer: Hashable {
    var lists: [String: [ExactName]]
    var revisions: [[ExactName]]

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

    init(_ facts: ProjectTruth.Facts) {
        let values = [facts.heads, facts.effectiveHeads, facts.bases, facts.branchPoints, facts.mergePoints]
        lists = Dictionary(uniqueKeysWithValues: zip(Self.listNames, values.map(exact)))
        revisions = facts.ids.indices.map { number in
            Self.line(
                facts.ids[number], exact(facts.down[number]), exact(facts.dependsOn[number]),
                exact(facts.labels[number]), file: facts.files[number], doc: facts.docs[number])
        }
    }

    private static func names(_ json: JSON?) -> [ExactName]? {
        json?.arrayValue.map { $0.map { ExactName($0.stringValue ?? "") } }
    }

    /// One revision as a list, with the lists in it between marks.
    private static func line(
        _ id: String, _ down: [ExactName], _ dependsOn: [ExactName], _ labels: [ExactName], file: String, doc: String
    ) -> [ExactName] {
        let marked = [("down", down), ("dependsOn", dependsOn), ("labels", labels)]
        return exact([id, file, doc]) + marked.flatMap { [ExactName("\($0.0):")] + $0.1 }
    }

    /// Where two answers differ: the list or the revision of the one, and of the other.
    func difference(from other: ProjectAnswer) -> (name: String, mine: String, others: String)? {
        for name in Self.listNames where lists[name] != other.lists[name] {
            return (name, "\(lists[name] ?? [])", "\(other.lists[name] ?? [])")
        }
        for (mine, others) in zip(revisions, other.revisions) where mine != others {
            return ("revision \(mine[0])", "\(mine)", "\(others)")
        }
        if revisions.count != other.revisions.count {
            return ("ids", "\(revisions.map { $0[0] })", "\(other.revisions.map { $0[0] })")
        }
        return nil
    }
}
