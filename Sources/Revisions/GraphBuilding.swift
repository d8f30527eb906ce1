/// The making of a graph: names become node numbers, and whatever is wrong becomes a problem.
struct GraphBuilding {
    private(set) var revisions: [Revision]
    private(set) var index: [ExactName: Int] = [:]
    private(set) var labelled: [ExactName: Int] = [:]
    private(set) var downs = Edges()
    private(set) var dependencies = Edges()
    /// Both kinds.
    private(set) var all = Edges()
    private(set) var isBase: [Bool] = []
    private(set) var isMergePoint: [Bool] = []
    private var problems: [GraphProblem]
    /// Made only when there is something to report.
    private lazy var lines = makeLines()
    private let makeLines: () -> [String: HeaderLines]
    /// Scripts that gave no revision: what is missing may be in one of them.
    private let unread: [String]

    /// Alembic refuses these in ids, because targets use them (`script/revision.py`); in labels they are allowed.
    private static let forbidden = [UInt8(ascii: "@"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: ":")]
    /// What Alembic takes for something else wherever it is named, though it allows them as ids.
    private static let reserved = ["head", "heads", "base"]
    /// `alembic_version.version_num` is `VARCHAR(32)` unless somebody widened it.
    private static let columnWidth = 32

    init(revisions given: [Revision], problems: [GraphProblem], lines: @escaping () -> [String: HeaderLines]) {
        self.problems = problems
        makeLines = lines
        unread = Self.unread(problems, given)
        revisions = []

        var last = [ExactName: Int](minimumCapacity: given.count)
        for (position, revision) in given.enumerated() {
            if let other = last.updateValue(position, forKey: ExactName(revision.id)) {
                let files = "\(given[other].file) and \(revision.file)"
                self.problems.append(
                    GraphProblem(
                        code: GraphProblem.Code.duplicateId,
                        message:
                            "Revision '\(revision.id)' is defined in \(files): one of them would silently never run. "
                            + "Give one of them another id.",
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

    /// Ids that only their bytes tell apart: Alembic takes both, and no person can say which one is meant.
    private mutating func reportLookAlikes() {
        var seen: [String: Revision] = [:]
        for revision in revisions where revision.id.utf8.contains(where: { $0 >= 0x80 }) {
            guard let other = seen.updateValue(revision, forKey: revision.id) else { continue }
            problems.append(
                GraphProblem(
                    code: GraphProblem.Code.duplicateId,
                    message:
                        "Revision '\(revision.id)' in \(revision.file) looks the same as that in \(other.file), and is "
                        + "another one by its bytes. Give one of them another id.",
                    file: revision.file, line: lines[revision.file]?.revision))
        }
    }

    /// Resolves every name, and reports the ids, labels and names that Alembic refuses.
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
            // Most have one parent and nothing else; rewriting what is so already would only take time.
            if revisions[node].down.count > 1 { revisions[node].down = revisions[node].down.sortedNames() }
            if revisions[node].labels.count > 1 { revisions[node].labels = revisions[node].labels.sortedNames() }
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

    /// An empty `depends_on` is none to Alembic. A base that has one is no base any more, though, and nothing leads to it:
    /// Alembic refuses the graph.
    private mutating func named(inDependsOnOf revision: Revision) -> [String] {
        guard revision.dependsOn == [""] else { return revision.dependsOn.sortedNames() }
        if revision.down.isEmpty {
            problems.append(
                GraphProblem(
                    code: GraphProblem.Code.missingParent,
                    message: "depends_on of revision '\(revision.id)' is an empty name. Set it to None.",
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
                ? "is a word with a meaning of its own in Alembic"
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
                        "Revision id '\(id)' has \(id.unicodeScalars.count) characters; Alembic's "
                        + "version column holds \(Self.columnWidth). Shorten the id or widen the column.",
                    file: file, line: lines[file]?.revision))
        }
    }

    private mutating func register(labelsOf node: Int) {
        let revision = revisions[node]
        for label in revision.labels {
            let name = ExactName(label)
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
                        "Branch label '\(label)' of revision '\(revision.id)' (\(revision.file)) is used already by "
                        + "\(place). Labels and ids share one name space: choose another label.",
                    file: revision.file, line: lines[revision.file]?.labels))
        }
    }

    /// Only `depends_on` may name a label; neither may name a part of an id.
    private mutating func resolve(_ names: [String], of node: Int, isDown: Bool) -> [Int] {
        var found: [Int] = []
        var missing: [String] = []
        for name in names {
            if let node = index[ExactName(name)] ?? (isDown ? nil : labelled[ExactName(name)]) {
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
                advice = "It may be in a script that could not be read, as \(script). " + advice
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

    /// Each cycle is a list of nodes, each standing on the next and the last on the first.
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
                    message: "Revisions stand on each other in a cycle of \(path.count): "
                        + (names + [first.id]).joined(separator: " → ")
                        + ". Correct the down_revision or depends_on of one of them.",
                    file: first.file, line: lines[first.file]?.down))
        }
    }

    /// The worst problem of each file: what blocks comes before what does not, and the first found before the later.
    func oneProblemAFile() -> [GraphProblem] {
        var seen: Set<ExactName> = []
        var kept: [GraphProblem] = []
        for problem in problems.filter(\.isBlocking) + problems.filter({ !$0.isBlocking }) {
            if let file = problem.file, !file.isEmpty, !seen.insert(ExactName(file)).inserted { continue }
            kept.append(problem)
        }
        return kept.sorted {
            ($0.file ?? "").hasSameBytes(as: $1.file ?? "")
                ? $0.message.precedesInBytes($1.message) : ($0.file ?? "").precedesInBytes($1.file ?? "")
        }
    }
}
