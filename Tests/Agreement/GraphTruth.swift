import Revisions

/// A random graph, and what Alembic says about it (`oracle/truth.py`).
struct GraphTruth: Decodable, Sendable {
    /// Alembic's answers about the graph alone; lists about single revisions are in the order of `ids`.
    struct Facts: Decodable, Sendable {
        var ids: [String]
        var heads: [String]
        var effectiveHeads: [String]
        var bases: [String]
        var branchPoints: [String]
        var mergePoints: [String]
        var down: [[String]]
        var dependsOn: [[String]]
        var normalized: [[String]]
        var labels: [[String]]
        var branchLabels: [[String]]
        /// Bit masks over `ids`.
        var ancestors: [Int]
    }

    /// A row that is no id, and the revision that Alembic takes it for.
    struct OddRow: Decodable, Sendable {
        var row: String
        var revision: String?
        var refusal: AlembicRefusal?
    }

    /// What `alembic upgrade` makes of targets.
    struct Target: Decodable, Sendable {
        var rows: [String]
        /// Several at once when there are not one.
        var targets: [String]
        var refusal: AlembicRefusal?
        /// The ids gone to, sorted; nil when it is refused.
        var found: [String]?
        /// What is run on the way: a bit mask over the ids.
        var runs: Int?
    }

    var number: Int
    /// In the order in which the scripts are loaded.
    var revisions: [Revision]
    /// Why Alembic does not take the graph.
    var refusal: AlembicRefusal?
    var facts: Facts?
    /// Four numbers for each set: the rows, whether they are legitimate, the least that says the same, what is pending;
    /// bit masks over the ids.
    var rowSets: [Int]?
    var oddRows: [OddRow]?
    var targets: [Target]?
}

/// A random graph with a fault.
struct FaultTruth: Decodable, Sendable {
    var number: Int
    var revisions: [Revision]
    /// What the oracle did to the graph.
    var fault: String
    /// Nil where Alembic takes it all the same.
    var refusal: AlembicRefusal?
    var warnings: [String]
}

/// The place of each id among the sorted ones, to speak of sets as bit masks.
struct Numbering {
    private var numbers: [ExactName: Int] = [:]
    let ids: [String]

    init(_ ids: [String]) {
        self.ids = ids
        for (number, id) in ids.enumerated() { numbers[ExactName(id)] = number }
    }

    /// Nil for an id that there is not.
    func number(_ id: String) -> Int? { numbers[ExactName(id)] }

    /// Nil when there is no such id, or one is there twice.
    func mask(_ ids: some Sequence<String>) -> Int? {
        var mask = 0
        for id in ids {
            guard let number = number(id), mask & 1 << number == 0 else { return nil }
            mask |= 1 << number
        }
        return mask
    }

    func ids(_ mask: Int) -> [String] {
        ids.indices.filter { mask & 1 << $0 != 0 }.map { ids[$0] }
    }
}

/// Names are equal only byte by byte; Swift's own equality is more forgiving.
struct ExactName: Hashable, CustomStringConvertible {
    let bytes: [UInt8]

    init(_ text: String) { bytes = Array(text.utf8) }

    var description: String { String(decoding: bytes, as: UTF8.self).debugDescription }
}

func exact(_ names: [String]) -> [ExactName] { names.map(ExactName.init) }
