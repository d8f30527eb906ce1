/// The making of a graph: names become node numbers, and whatever is wrong becomes a problem.
struct GraphBuilding {
    private(set) var revisions: [Revision]
    private(set) var index: [ExactName: Int] = [:]
    private(set) var labelled: [ExactName: Int] = [:]
    private(set) var downs: [[Int]] = []
    private(set) var dependencies: [[Int]] = []
    private(set) var isBase: [Bool] = []
    private(set) var isMergePoint: [Bool] = []
    private var problems: [GraphProblem]
    private let lines: [String: HeaderLines]
    /// Scripts that gave no revision: what is missing may be in one of them.
    private let unread: [String]

    /// Alembic refuses these in ids, because targets use them (`script/revision.py`); in labels they are allowed.
    private static let forbidden: Set<Character> = ["@", "-", "+", ":"]
    /// `alembic_version.version_num` is `VARCHAR(32)` unless somebody widened it.
    private static let columnWidth = 32

    init(revisions given: [Revision], problems: [GraphProblem], lines: [String: HeaderLines]) {
        self.problems = problems
        self.lines = lines
        let files = Set(given.map(\.file))
        unread = problems.filter(\.isBlocking).compactMap(\.file).filter { !files.contains($0) }

        var last: [ExactName: Int] = [:]
        for (position, revision) in given.enumerated() {
            let name = ExactName(revision.id)
            if let other = last[name] {
                let files = "\(given[other].file) and \(revision.file)"
                self.problems.append(
                    GraphProblem(
                        code: GraphProblem.Code.duplicateId,
                        message:
                            "Revision '\(revision.id)' is defined in \(files): one of them would silently never run. "
                            + "Give one of them another id.",
                        file: revision.file, line: lines[revision.file]?.revision))
            }
            last[name] = position
        }
        revisions = last.values.map { given[$0] }.sorted { $0.id.precedesInBytes($1.id) }
        for (node, revision) in revisions.enumerated() {
            index[ExactName(revision.id)] = node
        }
    }

    /// Resolves every name, and reports the ids, labels and names that Alembic refuses.
    mutating func connect() {
        for node in revisions.indices {
            reportFaultyId(revisions[node])
            register(labelsOf: node)
        }
        for node in revisions.indices {
            let revision = revisions[node]
            isBase.append(revision.down.isEmpty)
            isMergePoint.append(revision.down.count > 1)
            let down = revision.down.sortedNames()
            downs.append(resolve(down, of: revision, isDown: true))
            let dependsOn = resolve(revision.dependsOn.sortedNames(), of: revision, isDown: false)
            dependencies.append(Set(dependsOn).sorted())
            revisions[node].down = down
            revisions[node].dependsOn = dependencies[node].map { revisions[$0].id }
            revisions[node].labels = revision.labels.sortedNames()
        }
    }

    private mutating func reportFaultyId(_ revision: Revision) {
        let line = lines[revision.file]?.revision
        let found = Self.forbidden.intersection(revision.id).map { "'\($0)'" }.sorted().joined(separator: ", ")
        if revision.id.isEmpty || !found.isEmpty {
            let fault = found.isEmpty ? "is empty" : "contains \(found), which Alembic does not allow in an id"
            problems.append(
                GraphProblem(
                    code: GraphProblem.Code.unreadable,
                    message: "Revision id '\(revision.id)' \(fault). Choose another id.",
                    file: revision.file, line: line))
        } else if revision.id.unicodeScalars.count > Self.columnWidth {
            problems.append(
                GraphProblem(
                    code: GraphProblem.Code.idTooLong,
                    message:
                        "Revision id '\(revision.id)' has \(revision.id.unicodeScalars.count) characters; Alembic's "
                        + "version column holds \(Self.columnWidth). Shorten the id or widen the column.",
                    file: revision.file, line: line))
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
    private mutating func resolve(_ names: [String], of revision: Revision, isDown: Bool) -> [Int] {
        let variable = isDown ? "down_revision" : "depends_on"
        let line = isDown ? lines[revision.file]?.down : lines[revision.file]?.dependsOn
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
            var advice = "Restore the missing script or correct \(variable)."
            if let script = unread.first {
                advice = "It may be in a script that could not be read, as \(script). " + advice
            }
            problems.append(
                GraphProblem(
                    code: GraphProblem.Code.missingParent,
                    message: "\(variable) of revision '\(revision.id)' names \(missing.joined(separator: ", ")), "
                        + "which no script defines. \(advice)",
                    file: revision.file, line: line))
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
        var seen: Set<String> = []
        var kept: [GraphProblem] = []
        for problem in problems.filter(\.isBlocking) + problems.filter({ !$0.isBlocking }) {
            if let file = problem.file, !file.isEmpty, !seen.insert(file).inserted { continue }
            kept.append(problem)
        }
        return kept.sorted {
            ($0.file ?? "").hasSameBytes(as: $1.file ?? "")
                ? $0.message.precedesInBytes($1.message) : ($0.file ?? "").precedesInBytes($1.file ?? "")
        }
    }
}
