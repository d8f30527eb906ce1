import Revisions
import Testing

/// Whatever `Revisions` and `schemad graph` say is what the Alembic of the test environment says: no difference is
/// tolerated. One test at a time, each with two processes.
@Suite("agreement with Alembic", .serialized)
struct AgreementTests {
    /// Heads, ancestors, rows and targets of random graphs.
    @Test("random graphs, rows and targets")
    func graphs() async throws {
        let count = try await compareGraphs(2_000, with: Oracle())
        #expect(count.rowSets >= 100_000)
        #expect(count.targets >= 40_000)
    }

    /// What Alembic refuses makes a graph unusable, for the same reason. Some things that it takes do so as well.
    @Test("graphs with a fault")
    func faults() async throws {
        let faults = try await compareFaults(600, with: Oracle())
        #expect(faults.count == 13)
    }
}

func compareGraphs(_ count: Int, with oracle: Oracle) async throws -> (rowSets: Int, targets: Int) {
    let compared = try await inHalves(count) { numbers in
        var compared: [(differences: [Difference], rowSets: Int, targets: Int)] = []
        for truth in try await oracle.ask(.graphs, numbers, as: GraphTruth.self) {
            await Task.yield()
            let facts = try #require(truth.facts, "graph \(truth.number) is refused: \(truth)")
            var comparison = GraphComparison(truth, facts)
            comparison.run()
            compared.append((comparison.differences, (truth.rowSets?.count ?? 0) / 4, truth.targets?.count ?? 0))
        }
        return compared
    }
    Difference.expectNone(compared.flatMap(\.differences))
    return (compared.reduce(0) { $0 + $1.rowSets }, compared.reduce(0) { $0 + $1.targets })
}

/// - Returns: the kinds of faults that were drawn.
func compareFaults(_ count: Int, with oracle: Oracle) async throws -> Set<String> {
    /// Faults that Alembic takes now and then, or calls by another name, and the problem that they are here.
    let ours = [
        "entered cycle": GraphProblem.Code.cycle, "own label": GraphProblem.Code.cycle,
        "duplicate id": GraphProblem.Code.duplicateId, "look-alike ids": GraphProblem.Code.duplicateId,
        "reserved id": GraphProblem.Code.unreadable, "label as parent": GraphProblem.Code.missingParent,
        "empty dependency of a base": GraphProblem.Code.missingParent,
        // Before 1.16 a colon was allowed.
        "illegal character": GraphProblem.Code.unreadable,
    ]
    let compared = try await inHalves(count) { numbers in
        try await oracle.ask(.faults, numbers, as: FaultTruth.self).map { truth in
            let problems = RevisionGraph(revisions: truth.revisions).problems.filter(\.isBlocking)
            let expected = ours[truth.fault] ?? truth.refusal?.problemCode
            let isSame = problems.contains { $0.code == expected }
            let difference = Difference(
                subject: .faults, number: truth.number, question: "fault: \(truth.fault)",
                alembic: truth.refusal?.description ?? "takes it \(truth.warnings)", schemad: "\(problems)",
                about: truth.revisions.shorthand)
            return (truth.fault, isSame ? nil : difference)
        }
    }
    Difference.expectNone(compared.compactMap(\.1))
    return Set(compared.map(\.0))
}
