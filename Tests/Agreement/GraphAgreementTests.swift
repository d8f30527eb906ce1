import Revisions
import Testing

/// Compares `Revisions` and `schemad graph` with the Alembic of the test environment; any difference is a failure.
/// The tests run one at a time, each with two processes.
@Suite("agreement with Alembic", .serialized)
struct AgreementTests {
    /// Heads, ancestors, rows and targets of random graphs.
    @Test("random graphs, rows and targets")
    func graphs() async throws {
        let count = try await compareGraphs(2_000, with: Oracle())
        #expect(count.rowSets >= 100_000)
        #expect(count.targets >= 40_000)
    }

    /// A graph that Alembic refuses is unusable for the same reason. Some graphs that Alembic accepts are unusable as well.
    @Test("graphs with a fault")
    func faults() async throws {
        let faults = try await compareFaults(600, with: Oracle())
        #expect(faults.count == 13)
    }
}

func compareGraphs(_ count: Int, with oracle: Oracle) async throws -> (rowSets: Int, targets: Int) {
    let compared = try await inHalves(count) { numbers in
        var compared: [(disagreements: [Disagreement], rowSets: Int, targets: Int)] = []
        for truth in try await oracle.run(.graphs, numbers, as: ReferenceGraph.self) {
            await Task.yield()
            let facts = try #require(truth.facts, "Alembic refuses graph \(truth.number): \(truth)")
            var comparison = GraphComparison(truth, facts)
            comparison.run()
            compared.append((comparison.disagreements, (truth.rowSets?.count ?? 0) / 4, truth.targets?.count ?? 0))
        }
        return compared
    }
    Disagreement.expectNone(compared.flatMap(\.disagreements))
    return (compared.reduce(0) { $0 + $1.rowSets }, compared.reduce(0) { $0 + $1.targets })
}

/// - Returns: the kinds of faults that were generated.
func compareFaults(_ count: Int, with oracle: Oracle) async throws -> Set<String> {
    /// Our problem codes for faults that Alembic accepts in some cases or reports differently.
    let ours = [
        "entered cycle": GraphProblem.Code.cycle, "own label": GraphProblem.Code.cycle,
        "duplicate id": GraphProblem.Code.duplicateId, "look-alike ids": GraphProblem.Code.duplicateId,
        "reserved id": GraphProblem.Code.unreadable, "label as parent": GraphProblem.Code.missingParent,
        "empty dependency of a base": GraphProblem.Code.missingParent,
        // Before 1.16 a colon was allowed.
        "illegal character": GraphProblem.Code.unreadable,
    ]
    let compared = try await inHalves(count) { numbers in
        try await oracle.run(.faults, numbers, as: FaultyGraph.self).map { truth in
            let problems = RevisionGraph(revisions: truth.revisions).problems.filter(\.isBlocking)
            let expected = ours[truth.fault] ?? truth.refusal?.problemCode
            let isSame = problems.contains { $0.code == expected }
            let disagreement = Disagreement(
                subject: .faults, number: truth.number, question: "fault: \(truth.fault)",
                alembic: truth.refusal?.description ?? "accepted, warnings: \(truth.warnings)", schemad: "\(problems)",
                about: truth.revisions.shorthand)
            return (truth.fault, isSame ? nil : disagreement)
        }
    }
    Disagreement.expectNone(compared.compactMap(\.1))
    return Set(compared.map(\.0))
}
