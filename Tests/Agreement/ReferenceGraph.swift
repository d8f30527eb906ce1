import Revisions
import Text

/// A random graph with Alembic's results for it (`oracle/truth.py`).
struct ReferenceGraph: Decodable, Sendable {
    /// Alembic's results for the graph itself; lists with an entry for each revision are in the order of `ids`.
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

    /// A version row that is not an id, and the revision that Alembic resolves it to.
    struct IndirectRow: Decodable, Sendable {
        var row: String
        var revision: String?
        var refusal: AlembicRefusal?
    }

    /// The result of `alembic upgrade` for targets.
    struct Target: Decodable, Sendable {
        var rows: [String]
        /// One target, or several for one upgrade.
        var targets: [String]
        var refusal: AlembicRefusal?
        /// The resolved ids, sorted; nil if Alembic refuses the targets.
        var found: [String]?
        /// The revisions that run: a bit mask over the ids.
        var runs: Int?
    }

    var number: Int
    /// In the order in which the scripts are loaded.
    var revisions: [Revision]
    /// Alembic's error for the graph.
    var refusal: AlembicRefusal?
    var facts: Facts?
    /// Four numbers for each set of rows: the rows, whether they are legitimate, the minimal equivalent rows, the pending
    /// revisions. Sets are bit masks over the ids.
    var rowSets: [Int]?
    var oddRows: [IndirectRow]?
    var targets: [Target]?
}

/// A random graph with a fault.
struct FaultyGraph: Decodable, Sendable {
    var number: Int
    var revisions: [Revision]
    /// The kind of the fault.
    var fault: String
    /// Nil if Alembic accepts the graph.
    var refusal: AlembicRefusal?
    var warnings: [String]
}

/// Numbers the ids, so that sets of revisions can be compared as bit masks.
struct RevisionNumbers {
    private var numbers: [ExactString: Int] = [:]
    let ids: [String]

    init(_ ids: [String]) {
        self.ids = ids
        for (number, id) in ids.enumerated() { numbers[ExactString(id)] = number }
    }

    /// Nil for an unknown id.
    func number(_ id: String) -> Int? { numbers[ExactString(id)] }

    /// Nil if an id is unknown or occurs twice.
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

/// The names for a comparison byte by byte.
func exact(_ names: [String]) -> [ExactString] { names.map(ExactString.init) }
