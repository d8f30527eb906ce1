/// The revisions of a project and what follows from them, as Alembic has it (measured with 1.20.1).
///
/// There are two kinds of edges: *versioned* ones (`down_revision`), and *all* edges (those and `depends_on`). A graph
/// can be made of anything; what is wrong with it is in `problems`. Every list is sorted by code points, except
/// `order`.
public struct RevisionGraph: Sendable {
    /// The revisions, sorted by id, with `dependsOn` resolved to ids.
    public let revisions: [Revision]
    /// The ids that no `down_revision` names.
    public let heads: [String]
    /// The ids that no edge of either kind names: the rows after `upgrade heads` (Alembic's `_real_heads`).
    public let effectiveHeads: [String]
    /// The ids without a `down_revision`.
    public let bases: [String]
    /// The ids that more than one `down_revision` names.
    public let branchPoints: [String]
    /// The ids whose `down_revision` names more than one.
    public let mergePoints: [String]
    /// All ids, each after everything that it stands on.
    public let order: [String]
    /// What is wrong, at most one problem for a file, sorted by file.
    public let problems: [GraphProblem]

    let index: [ExactName: Int]
    let labelled: [ExactName: Int]
    /// Ids and labels together, sorted: what a partial id may stand for.
    let names: [(name: String, node: Int)]
    let downEdges: Edges
    let dependencyEdges: Edges
    let allDownEdges: Edges
    let upEdges: Edges
    let allUpEdges: Edges
    let isMergePoint: [Bool]
    let orderedNodes: [Int]

    /// Never traps: duplicate ids and labels, missing parents, cycles, forbidden and too long ids become problems.
    ///
    /// - Parameters:
    ///   - revisions: in the order in which Alembic loads the scripts; of two with one id the later stays, as with
    ///     Alembic.
    ///   - problems: what the reading of the scripts found already.
    ///   - lines: for a script's `file`, where its variables stand; asked for only when there is something to report.
    public init(
        revisions given: [Revision], problems found: [GraphProblem] = [],
        lines: @autoclosure @escaping () -> [String: HeaderLines] = [:]
    ) {
        var building = GraphBuilding(revisions: given, problems: found, lines: lines)
        building.connect()
        let downs = building.downs
        let all = building.all
        let sorted = all.parentsFirst()
        building.report(cycles: sorted.cycles)

        let ups = downs.reversed()
        let allUps = all.reversed()
        let nodes = building.revisions.indices
        let ids = building.revisions.map(\.id)
        revisions = building.revisions
        heads = nodes.filter { ups.positions(of: $0).isEmpty }.map { ids[$0] }
        effectiveHeads = nodes.filter { allUps.positions(of: $0).isEmpty }.map { ids[$0] }
        bases = nodes.filter { building.isBase[$0] }.map { ids[$0] }
        branchPoints = nodes.filter { ups.positions(of: $0).count > 1 }.map { ids[$0] }
        mergePoints = nodes.filter { building.isMergePoint[$0] }.map { ids[$0] }
        order = sorted.order.map { ids[$0] }
        problems = building.oneProblemAFile()

        index = building.index
        labelled = building.labelled
        names = (ids.enumerated().map { ($0.element, $0.offset) } + building.labelled.map { ($0.key.text, $0.value) })
            .sortedByBytes { $0.0 }
        downEdges = downs
        dependencyEdges = building.dependencies
        allDownEdges = all
        upEdges = ups
        allUpEdges = allUps
        isMergePoint = building.isMergePoint
        orderedNodes = sorted.order
    }

    /// Whether heads, order and closures can be trusted. An id that is too long does not spoil them.
    public var isUsable: Bool {
        !problems.contains(where: \.isBlocking)
    }

    /// The revision with exactly this id; labels and partial ids find nothing.
    public subscript(id: String) -> Revision? {
        node(id).map { revisions[$0] }
    }

    func node(_ id: String) -> Int? {
        index[ExactName(id)]
    }
}

extension RevisionGraph: Codable {
    private enum CodingKeys: String, CodingKey {
        case revisions, heads, effectiveHeads, bases, branchPoints, mergePoints, order, problems
    }

    /// Builds the graph anew from its revisions and problems; the derived lists are not believed.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            revisions: try values.decode([Revision].self, forKey: .revisions),
            problems: try values.decode([GraphProblem].self, forKey: .problems))
    }

    /// Encodes the `graph` contract.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(revisions, forKey: .revisions)
        try values.encode(heads, forKey: .heads)
        try values.encode(effectiveHeads, forKey: .effectiveHeads)
        try values.encode(bases, forKey: .bases)
        try values.encode(branchPoints, forKey: .branchPoints)
        try values.encode(mergePoints, forKey: .mergePoints)
        try values.encode(order, forKey: .order)
        try values.encode(problems, forKey: .problems)
    }
}
