import Revisions

/// `RevisionGraph` held against Alembic, for one graph that Alembic takes.
struct GraphComparison {
    private let truth: GraphTruth
    private let facts: GraphTruth.Facts
    private let graph: RevisionGraph
    private let numbering: Numbering
    private(set) var differences: [Difference] = []

    init(_ truth: GraphTruth, _ facts: GraphTruth.Facts) {
        self.truth = truth
        self.facts = facts
        graph = RevisionGraph(revisions: truth.revisions)
        numbering = Numbering(facts.ids)
    }

    mutating func run() {
        compareGraph()
        compareOrder(graph.order, all: (1 << facts.ids.count) - 1, "order")
        let sets = truth.rowSets ?? []
        for start in stride(from: 0, to: sets.count, by: 4) {
            compareRows(
                sets[start], isLegitimate: sets[start + 1] == 1, minimal: sets[start + 2], pending: sets[start + 3])
        }
        for row in truth.oddRows ?? [] { compare(row) }
        for target in truth.targets ?? [] { compare(target) }
    }

    private mutating func note(_ question: String, alembic: String, schemad: String) {
        differences.append(
            Difference(
                subject: .graphs, number: truth.number, question: question, alembic: alembic, schemad: schemad,
                about: truth.revisions.shorthand))
    }

    private mutating func expect(_ question: @autoclosure () -> String, _ alembic: [String], _ schemad: [String]) {
        let (expected, found) = (exact(alembic), exact(schemad))
        if expected != found { note(question(), alembic: "\(expected)", schemad: "\(found)") }
    }

    // MARK: The graph alone

    private mutating func compareGraph() {
        let blocking = graph.problems.filter(\.isBlocking)
        if !blocking.isEmpty { note("problems", alembic: "none", schemad: "\(blocking)") }
        expect("ids", facts.ids, graph.revisions.map(\.id))
        expect("heads", facts.heads, graph.heads)
        expect("effective heads", facts.effectiveHeads, graph.effectiveHeads)
        expect("bases", facts.bases, graph.bases)
        expect("branch points", facts.branchPoints, graph.branchPoints)
        expect("merge points", facts.mergePoints, graph.mergePoints)
        for (number, revision) in graph.revisions.enumerated() where number < facts.ids.count {
            expect("parents of \(revision.id)", facts.down[number], revision.down)
            expect("dependencies of \(revision.id)", facts.dependsOn[number], revision.dependsOn)
            expect("labels of \(revision.id)", facts.labels[number], revision.labels)
            expect(
                "normalized dependencies of \(revision.id)", facts.normalized[number],
                graph.normalizedDependencies(of: revision.id))
            expect(
                "labels of the branches of \(revision.id)", facts.branchLabels[number],
                graph.branchLabels(of: revision.id))
            let below = numbering.mask(graph.closure(of: [revision.id]).filter { !isSame($0, revision.id) })
            if below != facts.ancestors[number] {
                note(
                    "ancestors of \(revision.id)", alembic: "\(numbering.ids(facts.ancestors[number]))",
                    schemad: "\(graph.closure(of: [revision.id]).sorted())")
            }
        }
    }

    private func isSame(_ one: String, _ other: String) -> Bool { one.utf8.elementsEqual(other.utf8) }

    /// Any order is good in which everything comes after what it stands on.
    private mutating func compareOrder(_ order: [String], all: Int, _ question: @autoclosure () -> String) {
        var seen = 0
        for id in order {
            guard let number = numbering.number(id), facts.ancestors[number] & all & ~seen == 0 else {
                return note(question(), alembic: "parents come first", schemad: "\(exact(order))")
            }
            seen |= 1 << number
        }
        if seen != all || order.count != all.nonzeroBitCount {
            note(question(), alembic: "\(exact(numbering.ids(all)))", schemad: "\(exact(order))")
        }
    }

    // MARK: Rows

    private mutating func compareRows(_ rows: Int, isLegitimate: Bool, minimal: Int, pending: Int) {
        let values = numbering.ids(rows)
        let classification = RowClassification(rows: values, graph: graph)
        if classification.isLegitimate != isLegitimate {
            note(
                "whether rows \(exact(values)) are legitimate", alembic: "\(isLegitimate)",
                schemad: "\(classification.rows)")
        }
        if numbering.mask(classification.known) != minimal || !classification.unknown.isEmpty {
            note(
                "what rows \(exact(values)) come down to", alembic: "\(exact(numbering.ids(minimal)))",
                schemad: "\(exact(classification.known)), unknown: \(classification.unknown)")
        }
        let redundant = classification.rows.filter { $0.fault == .redundant }.compactMap(\.value)
        if numbering.mask(redundant) != rows & ~minimal {
            note(
                "redundant ones of rows \(exact(values))", alembic: "\(exact(numbering.ids(rows & ~minimal)))",
                schemad: "\(exact(redundant))")
        }
        compareOrder(
            graph.pending(from: values, to: graph.effectiveHeads), all: pending, "pending at rows \(exact(values))")
    }

    /// A label or the beginning of an id is no row, but what it means is told; what Alembic refuses is unknown.
    private mutating func compare(_ odd: GraphTruth.OddRow) {
        guard let row = RowClassification(rows: [odd.row], graph: graph).rows.first else { return }
        let isResolved = [.partial, .symbolic].contains(row.fault)
        let isSaid = odd.revision.map { isResolved && isSame($0, row.because ?? "") } ?? (row.fault == .unknown)
        if !isSaid {
            note(
                "row \(odd.row.debugDescription)", alembic: odd.revision ?? odd.refusal?.description ?? "nothing",
                schemad: "\(row)")
        }
    }

    // MARK: Targets

    private mutating func compare(_ asked: GraphTruth.Target) {
        let question = "target \(exact(asked.targets)) from rows \(exact(asked.rows))"
        do throws(TargetRefusal) {
            let found = try graph.resolve(asked.targets, from: asked.rows)
            guard let expected = asked.found, let runs = asked.runs else {
                return note(question, alembic: asked.refusal?.description ?? "", schemad: "\(exact(found))")
            }
            expect(question, expected, found)
            compareOrder(graph.pending(from: asked.rows, to: found), all: runs, "what runs: " + question)
        } catch {
            guard let refusal = asked.refusal else {
                return note(
                    question, alembic: "\(exact(asked.found ?? []))", schemad: "\(error.reason): \(error.message)")
            }
            if refusal.reason != error.reason {
                note(question, alembic: refusal.description, schemad: "\(error.reason): \(error.message)")
            }
        }
    }
}
