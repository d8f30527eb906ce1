import Text

/// Builds a graph: turns names into node numbers, and reports everything that is wrong as a problem.
struct GraphBuilder {
    private(set) var revisions: [Revision]
    private(set) var index: [ExactString: Int] = [:]
    private(set) var labelled: [ExactString: Int] = [:]
    private(set) var downs = Edges()
    private(set) var dependencies = Edges()
    /// The edges of both kinds.
    private(set) var all = Edges()
    private(set) var isBase: [Bool] = []
    private(set) var isMergePoint: [Bool] = []
    private var problems: [GraphProblem]
    /// Computed only when there is a problem to report.
    private lazy var lines = makeLines()
    private let makeLines: () -> [String: HeaderLines]
    /// The scripts that could not be read; a missing revision may be in one of them.
    private let unread: [String]

    /// Alembic refuses these characters in ids, because targets use them (`script/revision.py`); labels may have them.
    private static let forbidden = [UInt8(ascii: "@"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: ":")]
    /// Ids that Alembic allows but interprets differently wherever they are named.
    private static let reserved = ["head", "heads", "base"]
    /// The width of `alembic_version.version_num`, which is `VARCHAR(32)` unless it was widened.
    private static let columnWidth = 32

    init(revisions given: [Revision], problems: [GraphProblem], lines: @escaping () -> [String: HeaderLines]) {
        self.problems = problems
        makeLines = lines
        unread = Self.unread(problems, given)
        revisions = []

        var last = [ExactString: Int](minimumCapacity: given.count)
        for (position, revision) in given.enumerated() {
            if let other = last.updateValue(position, forKey: ExactString(revision.id)) {
                let files = "\(given[other].file) and \(revision.file)"
                self.problems.append(
                    GraphProblem(
                        code: GraphProblem.Code.duplicateId,
                        message:
                            "Revision '\(revision.id)' is defined in \(files): Alembic would never run one of them. "
                            + "Change the id of one of them.",
                        file: revision.file, line: self.lines[revision.file]?.revision))
            }
        }
        let order = last.values.sortedByBytes { given[$0].id }
        revisions = order.map { given[$0] }
        var nodes = [Int](repeating: 0, count: given.count)
        for (node, position) in order.enumerated() { nodes[position] = node }
        index = last.mapValues { nodes[$0] }
        reportLookAlikes()
    }

    private static func unread(_ problems: [GraphProblem], _ revisions: [Revision]) -> [String] {
        let faulty = problems.filter(\.isBlocking).compactMap(\.file)
        if faulty.isEmpty { return [] }
        let files = Set(revisions.map(\.file))
        return faulty.filter { !files.contains($0) }
    }

    /// Reports ids that differ only in their bytes: Alembic accepts both, and people cannot tell them apart.
    private mutating func reportLookAlikes() {
        var seen: [String: Revision] = [:]
        for revision in revisions where revision.id.utf8.contains(where: { $0 >= 0x80 }) {
            guard let other = seen.updateValue(revision, forKey: revision.id) else { continue }
            problems.append(
                GraphProblem(
                    code: GraphProblem.Code.duplicateId,
                    message:
                        "Revision '\(revision.id)' in \(revision.file) looks the same as the one in \(other.file), but "
                        + "its bytes differ. Change the id of one of them.",
                    file: revision.file, line: lines[revision.file]?.revision))
        }
    }

    /// Resolves every name and reports the ids, labels and names that Alembic refuses.
    mutating func connect() {
        for node in revisions.indices {
            reportFaultyId(of: node)
            if !revisions[node].labels.isEmpty { register(labelsOf: node) }
        }
        downs = Edges(nodeCapacity: revisions.count)
        dependencies = Edges(nodeCapacity: revisions.count)
        all = Edges(nodeCapacity: revisions.count)
        for node in revisions.indices {
            isBase.append(revisions[node].down.isEmpty)
            isMergePoint.append(revisions[node].down.count > 1)
            // Most revisions have one parent and no labels; sorting those would only cost time.
            if revisions[node].down.count > 1 { revisions[node].down = revisions[node].down.uniqueSortedByBytes() }
            if revisions[node].labels.count > 1 {
                revisions[node].labels = revisions[node].labels.uniqueSortedByBytes()
            }
            let down = resolve(revisions[node].down, of: node, isDown: true)
            let dependsOn = revisions[node].dependsOn.isEmpty ? [] : resolveDependencies(of: node)
            downs.append(down)
            dependencies.append(dependsOn)
            all.append(dependsOn.isEmpty ? down : down + dependsOn.filter { !down.contains($0) })
        }
    }

    /// - Returns: the nodes, sorted.
    private mutating func resolveDependencies(of node: Int) -> [Int] {
        let found = Set(resolve(named(inDependsOnOf: revisions[node]), of: node, isDown: false)).sorted()
        revisions[node].dependsOn = found.map { revisions[$0].id }
        return found
    }

    /// Alembic ignores an empty name in `depends_on`. But it no longer counts a revision with one as a base, so a base
    /// becomes unreachable and Alembic refuses the graph.
    private mutating func named(inDependsOnOf revision: Revision) -> [String] {
        guard revision.dependsOn == [""] else { return revision.dependsOn.uniqueSortedByBytes() }
        if revision.down.isEmpty {
            problems.append(
                GraphProblem(
                    code: GraphProblem.Code.missingParent,
                    message: "depends_on of revision '\(revision.id)' is an empty string. Set it to None.",
                    file: revision.file, line: lines[revision.file]?.dependsOn))
        }
        return []
    }

    private mutating func reportFaultyId(of node: Int) {
        let id = revisions[node].id
        let file = revisions[node].file
        let isReserved = Self.reserved.contains(id)
        if id.isEmpty || isReserved || id.utf8.contains(where: Self.forbidden.contains) {
            let characters = Set(id.utf8.filter(Self.forbidden.contains)).sorted().map { Unicode.Scalar($0) }
            let found = characters.map { "'\($0)'" }.joined(separator: ", ")
            let fault =
                isReserved
                ? "is reserved by Alembic"
                : found.isEmpty ? "is empty" : "contains \(found), which Alembic does not allow in an id"
            problems.append(
                GraphProblem(
                    code: GraphProblem.Code.unreadable,
                    message: "Revision id '\(id)' \(fault). Choose another id.",
                    file: file, line: lines[file]?.revision))
        } else if id.utf8.count > Self.columnWidth, id.unicodeScalars.count > Self.columnWidth {
            problems.append(
                GraphProblem(
                    code: GraphProblem.Code.idTooLong,
                    message:
                        "Revision id '\(id)' has \(id.unicodeScalars.count) characters; the "
                        + "version column that Alembic creates holds \(Self.columnWidth).",
                    file: file, line: lines[file]?.revision))
        }
    }

    private mutating func register(labelsOf node: Int) {
        let revision = revisions[node]
        for label in revision.labels {
            let name = ExactString(label)
            guard let other = index[name] ?? labelled[name] else {
                labelled[name] = node
                continue
            }
            let place =
                other == node ? "the same script" : "\(revisions[other].file), revision '\(revisions[other].id)'"
            problems.append(
                GraphProblem(
                    code: GraphProblem.Code.duplicateId,
                    message:
                        "Branch label '\(label)' of revision '\(revision.id)' (\(revision.file)) is already used in "
                        + "\(place). Labels and ids share one namespace: choose another label.",
                    file: revision.file, line: lines[revision.file]?.labels))
        }
    }

    /// Resolves names to nodes. Only `depends_on` may name a label; neither variable may name a partial id.
    private mutating func resolve(_ names: [String], of node: Int, isDown: Bool) -> [Int] {
        var found: [Int] = []
        var missing: [String] = []
        for name in names {
            if let node = index[ExactString(name)] ?? (isDown ? nil : labelled[ExactString(name)]) {
                found.append(node)
            } else {
                missing.append("'\(name)'")
            }
        }
        if !missing.isEmpty {
            let revision = revisions[node]
            let variable = isDown ? "down_revision" : "depends_on"
            var advice = "Restore the missing script or correct \(variable)."
            if let script = unread.first {
                advice = "It may be in a script that could not be read, for example \(script). " + advice
            }
            problems.append(
                GraphProblem(
                    code: GraphProblem.Code.missingParent,
                    message: "\(variable) of revision '\(revision.id)' names \(missing.joined(separator: ", ")), "
                        + "which no script defines. \(advice)",
                    file: revision.file,
                    line: isDown ? lines[revision.file]?.down : lines[revision.file]?.dependsOn))
        }
        return found
    }

    /// Reports cycles: in each, every node's parent is the next one, and the last one's parent is the first.
    mutating func report(cycles: [[Int]]) {
        let shown = 12
        for cycle in cycles {
            let smallest = cycle.indices.min { cycle[$0] < cycle[$1] } ?? 0
            let path = Array(cycle[smallest...] + cycle[..<smallest])
            let names = path.prefix(shown).map { revisions[$0].id } + (path.count > shown ? ["…"] : [])
            let first = revisions[path[0]]
            problems.append(
                GraphProblem(
                    code: GraphProblem.Code.cycle,
                    message:
                        "The dependencies of \(path.count == 1 ? "a revision" : "\(path.count) revisions") form a cycle: "
                        + (names + [first.id]).joined(separator: " → ")
                        + ". Correct down_revision or depends_on of one of them.",
                    file: first.file, line: lines[first.file]?.down))
        }
    }

    /// The most important problem of each file: a blocking one if there is one, else the first that was found.
    func oneProblemPerFile() -> [GraphProblem] {
        var seen: Set<ExactString> = []
        var kept: [GraphProblem] = []
        for problem in problems.filter(\.isBlocking) + problems.filter({ !$0.isBlocking }) {
            if let file = problem.file, !file.isEmpty, !seen.insert(ExactString(file)).inserted { continue }
            kept.append(problem)
        }
        return kept.sorted {
            ($0.file ?? "").hasSameBytes(as: $1.file ?? "")
                ? $0.message.precedesInBytes($1.message) : ($0.file ?? "").precedesInBytes($1.file ?? "")
        }
    }
}
