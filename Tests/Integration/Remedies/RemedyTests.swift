import FoundationEssentials
import Schema
import Support
import Testing

/// Pastes every printed remedy into psql: the schema is that of the migrations again, and no row or value is lost.
///
/// Without `REMEDIES=all` a sample runs.
@Suite("remedies") struct RemedyTests {
    static let runsAll = ProcessInfo.processInfo.environment["REMEDIES"] == "all"

    static let cases =
        runsAll
        ? RemedyCase.all : sample(of: RemedyCase.all, from: 0, every: 4) + RemedyCase.several

    static func sample(of cases: [RemedyCase], from first: Int, every step: Int) -> [RemedyCase] {
        stride(from: first, to: cases.count, by: step).map { cases[$0] }
    }

    @Test(arguments: cases) func remediesRestoreTheSchema(_ example: RemedyCase) async throws {
        let template = try await RemedyTemplate.shared()
        try await TestDatabase.with(copyOf: template.first.name) { database in
            for statement in example.statements { try await database.execute(statement) }
            let script = try await RemedyScript.check(example, in: database) {
                RemedySides(live: $0, history: template.onlyFirst, applied: 1)
            }
            for text in example.contains {
                #expect(script.printed.contains(text), "\(text)\n\(script.printed)")
            }
        }
    }

    /// A shadow gets the live schema from such statements.
    @Test func aCatalogIsCreatedByStatements() async throws {
        let template = try await RemedyTemplate.shared()
        try await TestDatabase.with { database in
            let empty = try await database.catalog()
            let script = RestorationScript(
                creating: template.first.catalog, besides: empty, defaultSchema: "public")
            let outcome = try await RemedyScript.run(script.steps.flatMap(\.statements), in: database.url)
            #expect(outcome.status == 0, "\(outcome.standardError)")
            let created = try await database.catalog()
            let sides = RemedySides(live: created, history: template.onlyFirst, applied: 1)
            #expect(sides.comparison.differences == [])
        }
    }
}
