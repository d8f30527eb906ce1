import Text

/// The revisions of a project with heads, bases, order and problems, as Alembic derives them (verified with 1.20.1).
///
/// There are two sets of edges: *versioned* edges (`down_revision`), and *all* edges (`down_revision` and
/// `depends_on`). Every input results in a graph; what is wrong is in `problems`. Every list except `order` is sorted
/// by code points.
public struct RevisionGraph: Sendable {
    /// The revisions, sorted by id, with `dependsOn` resolved to ids.
    public let revisions: [Revision]
    /// The ids that are not in any `down_revision`.
    public let heads: [String]
    /// The ids that are in no `down_revision` and no `depends_on`: the rows after `upgrade heads` (`_real_heads`).
    public let effectiveHeads: [String]
    /// The ids without a `down_revision`.
    public let bases: [String]
    /// The ids that are in more than one `down_revision`.
    public let branchPoints: [String]
    /// The ids whose `down_revision` has more than one id.
    public let mergePoints: [String]
    /// All ids, each after its ancestors and dependencies.
    public let order: [String]
    /// What is wrong with the scripts: at most one problem per file, sorted by file.
    public let problems: [GraphProblem]

    let index: [ExactString: Int]
    let labelled: [ExactString: Int]
    /// Ids and labels, sorted: what a partial id may mean.
    let names: [(name: String, node: Int)]
    package let downEdges: Edges
    let dependencyEdges: Edges
    package let allDownEdges: Edges
    package let upEdges: Edges
    package let allUpEdges: Edges
    let isMergePoint: [Bool]
    package let orderedNodes: [Int]

    /// Builds the graph. Duplicate ids and labels, missing parents, cycles, invalid and too long ids become problems.
    ///
    /// - Parameters:
    ///   - revisions: in the order in which Alembic loads the scripts; of two with one id the later one is kept, as in
    ///     Alembic.
    ///   - problems: the problems found while reading the scripts.
    ///   - lines: the lines of the variables, by a script's `file`; evaluated only if there is a problem to report.
    public init(
        revisions given: [Revision], problems found: [GraphProblem] = [],
        lines: @autoclosure @escaping () -> [String: HeaderLines] = [:]
    ) {
        var builder = GraphBuilder(revisions: given, problems: found, lines: lines)
        builder.connect()
        let downs = builder.downs
        let all = builder.all
        let sorted = all.parentsFirst()
        builder.report(cycles: sorted.cycles)

        let ups = downs.reversed()
        let allUps = all.reversed()
        let nodes = builder.revisions.indices
        let ids = builder.revisions.map(\.id)
        revisions = builder.revisions
        heads = nodes.filter { ups.positions(of: $0).isEmpty }.map { ids[$0] }
        effectiveHeads = nodes.filter { allUps.positions(of: $0).isEmpty }.map { ids[$0] }
        bases = nodes.filter { builder.isBase[$0] }.map { ids[$0] }
        branchPoints = nodes.filter { ups.positions(of: $0).count > 1 }.map { ids[$0] }
        mergePoints = nodes.filter { builder.isMergePoint[$0] }.map { ids[$0] }
        order = sorted.order.map { ids[$0] }
        problems = builder.oneProblemPerFile()

        index = builder.index
        labelled = builder.labelled
        names = (ids.enumerated().map { ($0.element, $0.offset) } + builder.labelled.map { ($0.key.text, $0.value) })
            .sortedByBytes { $0.0 }
        downEdges = downs
        dependencyEdges = builder.dependencies
        allDownEdges = all
        upEdges = ups
        allUpEdges = allUps
        isMergePoint = builder.isMergePoint
        orderedNodes = sorted.order
    }

    /// Whether heads, order and closures are reliable: no problem is blocking. A too long id is not.
    public var isUsable: Bool {
        !problems.contains(where: \.isBlocking)
    }

    /// The revision with exactly this id; nil for labels and partial ids.
    public subscript(id: String) -> Revision? {
        node(id).map { revisions[$0] }
    }

    package func node(_ id: String) -> Int? {
        index[ExactString(id)]
    }
}

extension RevisionGraph: Codable {
    private enum CodingKeys: String, CodingKey {
        case revisions, heads, effectiveHeads, bases, branchPoints, mergePoints, order, problems
    }

    /// Builds the graph from the decoded revisions and problems; the derived lists are computed again.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            revisions: try values.decode([Revision].self, forKey: .revisions),
            problems: try values.decode([GraphProblem].self, forKey: .problems))
    }

    /// Encodes the result of the command `graph`.
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

// MARK: Ancestors and branches

extension RevisionGraph {
    /// The given ids with all their ancestors and dependencies. Unknown ids are ignored.
    public func closure(of ids: some Sequence<String>) -> Set<String> {
        let reached = allDownEdges.reach(from: ids.compactMap(node))
        var result: Set<String> = []
        for node in revisions.indices where reached[node] {
            result.insert(revisions[node].id)
        }
        return result
    }

    /// The given ids that are not ancestors or dependencies of another given id, sorted. Unknown ids are ignored.
    public func newest(of ids: [String]) -> [String] {
        let nodes = ids.compactMap(node)
        let below = allDownEdges.reach(from: nodes.flatMap { allDownEdges[$0] })
        return Set(nodes.filter { !below[$0] }).map { revisions[$0].id }.uniqueSortedByBytes()
    }

    /// The revisions that an upgrade from `rows` to `targets` would run, oldest first. Unknown ids are ignored.
    public func pending(from rows: [String], to targets: [String]) -> [String] {
        let present = allDownEdges.reach(from: rows.compactMap(node))
        let wanted = allDownEdges.reach(from: targets.compactMap(node))
        return orderedNodes.filter { wanted[$0] && !present[$0] }.map { revisions[$0].id }
    }

    /// The labels of the branches that a revision belongs to, sorted; empty for an unknown id.
    ///
    /// As in `RevisionMap._add_branches`: a label belongs to the revision that defines it, to all its descendants, and
    /// to its ancestors while these form a single line without branch and merge points.
    public func branchLabels(of id: String) -> [String] {
        guard let node = node(id) else { return [] }
        let below = downEdges.reach(from: [node])
        var labels = revisions.indices.filter { below[$0] }.flatMap { revisions[$0].labels }

        var above: [String] = []
        var seen: Set<Int> = []
        var tip: Int? = node
        while let current = tip {
            guard !isMergePoint[current], allUpEdges[current].count <= 1, seen.insert(current).inserted else {
                above = []
                break
            }
            above += revisions[current].labels
            tip = upEdges[current].first
        }
        labels += above
        return labels.uniqueSortedByBytes()
    }

    /// The revision's `depends_on` without what its ancestors already depend on, as Alembic normalizes it.
    public func normalizedDependencies(of id: String) -> [String] {
        node(id).map { normalizedDependencies(of: $0).map { revisions[$0].id } } ?? []
    }

    func normalizedDependencies(of node: Int) -> [Int] {
        guard !dependencyEdges[node].isEmpty else { return [] }
        let ancestors = downEdges.reach(from: downEdges[node])
        var implied: Set<Int> = []
        for ancestor in revisions.indices where ancestors[ancestor] && ancestor != node {
            implied.formUnion(dependencyEdges[ancestor])
        }
        return dependencyEdges[node].filter { !implied.contains($0) }
    }

    /// The ids and labels that a partial id may mean: those longer than three characters (Alembic's rule).
    ///
    /// - Returns: the names, at most `limit` of them.
    func names(startingWith prefix: String, limit: Int) -> [(name: String, node: Int)] {
        var low = 0
        var high = names.count
        while low < high {
            let middle = (low + high) / 2
            if names[middle].name.precedesInBytes(prefix) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        var found: [(name: String, node: Int)] = []
        while low < names.count, found.count < limit, names[low].name.startsWithBytes(of: prefix) {
            if names[low].name.unicodeScalars.count > 3 {
                found.append(names[low])
            }
            low += 1
        }
        return found
    }
}

extension RevisionGraph {
    /// Resolves upgrade targets to revisions, as `alembic upgrade` does (`_parse_upgrade_target`).
    ///
    /// - Parameters:
    ///   - targets: `head`, `heads`, `base`, an id, a unique prefix of one, a label, `label@head`, `label@id`, or a
    ///     relative target such as `+1`, `label@+1`, `ae10+1`.
    ///   - rows: the rows of the version table, where relative targets start.
    /// - Returns: ids, sorted; empty if the target is no revision (`base`, or a project without revisions).
    /// - Throws: `RevisionsError` where Alembic refuses, and for rows that are not ids or of which one is an ancestor
    ///   of another.
    public func resolve(_ targets: [String], from rows: [String]) throws(RevisionsError) -> [String] {
        let asked = targets.joined(separator: " ")
        let present = try nodes(ofRows: rows, for: asked)
        // The command refuses these before it reads the graph, in which a label may contain a colon.
        if let range = targets.first(where: { $0.unicodeScalars.contains(":") }) {
            throw RevisionsError(
                .range, target: range, message: "'\(range)' is a range: specify only the revision to upgrade to.")
        }
        var found: Set<Int> = []
        for target in targets {
            found.formUnion(try TargetResolver(graph: self, target: target, rows: present).resolve())
        }
        if let (upper, lower) = overlap(of: found.sorted()) {
            throw RevisionsError(
                .overlap, target: asked,
                message:
                    "Revision '\(revisions[lower].id)' is an ancestor of '\(revisions[upper].id)': specify only "
                    + "'\(revisions[upper].id)'.")
        }
        return found.sorted().map { revisions[$0].id }
    }

    private func nodes(ofRows rows: [String], for target: String) throws(RevisionsError) -> [Int] {
        var nodes: Set<Int> = []
        for row in rows {
            guard let node = node(row) else {
                throw RevisionsError(
                    .unknownRow, target: target,
                    message: "The version table contains '\(row)', which no script defines.")
            }
            nodes.insert(node)
        }
        if let (upper, lower) = overlap(of: nodes.sorted()) {
            throw RevisionsError(
                .overlappingRows, target: target,
                message:
                    "The version table contains both '\(revisions[upper].id)' and its ancestor "
                    + "'\(revisions[lower].id)': repair the rows first.")
        }
        return nodes.sorted()
    }

    /// Two of the nodes of which one is an ancestor or dependency of the other; nil where there are none.
    func overlap(of nodes: [Int]) -> (upper: Int, lower: Int)? {
        let below = allDownEdges.reach(from: nodes.flatMap { allDownEdges[$0] })
        guard let lower = nodes.first(where: { below[$0] }) else { return nil }
        let above = allUpEdges.reach(from: allUpEdges[lower])
        return nodes.first { $0 != lower && above[$0] }.map { ($0, lower) }
    }
}
