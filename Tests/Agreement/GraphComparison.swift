import Revisions
import Text

/// Compares `RevisionGraph` with Alembic for one graph that Alembic accepts.
struct GraphComparison {
    private let truth: ReferenceGraph
    private let facts: ReferenceGraph.Facts
    private let graph: RevisionGraph
    private let numbers: RevisionNumbers
    private(set) var disagreements: [Disagreement] = []

    init(_ truth: ReferenceGraph, _ facts: ReferenceGraph.Facts) {
        self.truth = truth
        self.facts = facts
        graph = RevisionGraph(revisions: truth.revisions)
        numbers = RevisionNumbers(facts.ids)
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
        disagreements.append(
            Disagreement(
                subject: .graphs, number: truth.number, question: question, alembic: alembic, schemad: schemad,
                about: truth.revisions.shorthand))
    }

    private mutating func expect(_ question: @autoclosure () -> String, _ alembic: [String], _ schemad: [String]) {
        let (expected, found) = (exact(alembic), exact(schemad))
        if expected != found { note(question(), alembic: "\(alembic)", schemad: "\(schemad)") }
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
            let below = numbers.mask(graph.closure(of: [revision.id]).filter { !$0.hasSameBytes(as: revision.id) })
            if below != facts.ancestors[number] {
                note(
                    "ancestors of \(revision.id)", alembic: "\(numbers.ids(facts.ancestors[number]))",
                    schemad: "\(graph.closure(of: [revision.id]).sorted())")
            }
        }
    }

    /// Accepts every order in which each revision comes after its parents and dependencies.
    private mutating func compareOrder(_ order: [String], all: Int, _ question: @autoclosure () -> String) {
        var seen = 0
        for id in order {
            guard let number = numbers.number(id), facts.ancestors[number] & all & ~seen == 0 else {
                return note(question(), alembic: "parents come first", schemad: "\(order)")
            }
            seen |= 1 << number
        }
        if seen != all || order.count != all.nonzeroBitCount {
            note(question(), alembic: "\(numbers.ids(all))", schemad: "\(order)")
        }
    }

    // MARK: Rows

    private mutating func compareRows(_ rows: Int, isLegitimate: Bool, minimal: Int, pending: Int) {
        let values = numbers.ids(rows)
        let classification = RowClassification(rows: values, graph: graph)
        if classification.isLegitimate != isLegitimate {
            note(
                "whether rows \(values) are legitimate", alembic: "\(isLegitimate)",
                schemad: "\(classification.rows)")
        }
        if numbers.mask(classification.known) != minimal || !classification.unknown.isEmpty {
            note(
                "minimal rows for \(values)", alembic: "\(numbers.ids(minimal))",
                schemad: "\(classification.known), unknown: \(classification.unknown)")
        }
        let redundant = classification.rows.filter { $0.fault == .redundant }.compactMap(\.value)
        if numbers.mask(redundant) != rows & ~minimal {
            note(
                "redundant rows of \(values)", alembic: "\(numbers.ids(rows & ~minimal))",
                schemad: "\(redundant)")
        }
        compareOrder(
            graph.pending(from: values, to: graph.effectiveHeads), all: pending, "pending at rows \(values)")
    }

    /// A label or an id prefix is reported with the revision it resolves to; a row that Alembic refuses is unknown.
    private mutating func compare(_ reference: ReferenceGraph.IndirectRow) {
        guard let row = RowClassification(rows: [reference.row], graph: graph).rows.first else { return }
        let isResolved = [.partial, .symbolic].contains(row.fault)
        let isReported =
            reference.revision.map { isResolved && $0.hasSameBytes(as: row.because ?? "") } ?? (row.fault == .unknown)
        if !isReported {
            note(
                "row \(reference.row.debugDescription)",
                alembic: reference.revision ?? reference.refusal?.description ?? "nothing",
                schemad: "\(row)")
        }
    }

    // MARK: Targets

    private mutating func compare(_ target: ReferenceGraph.Target) {
        let question = "target \(target.targets) from rows \(target.rows)"
        do throws(RevisionsError) {
            let found = try graph.resolve(target.targets, from: target.rows)
            guard let expected = target.found, let runs = target.runs else {
                return note(question, alembic: target.refusal?.description ?? "", schemad: "\(found)")
            }
            expect(question, expected, found)
            compareOrder(graph.pending(from: target.rows, to: found), all: runs, "revisions that run: " + question)
        } catch {
            guard let refusal = target.refusal else {
                return note(
                    question, alembic: "\(target.found ?? [])", schemad: "\(error.code): \(error.message)")
            }
            if refusal.code != error.code {
                note(question, alembic: refusal.description, schemad: "\(error.code): \(error.message)")
            }
        }
    }
}
