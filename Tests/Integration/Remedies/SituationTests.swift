import Diagnosis
import Schema
import Support
import Testing

/// Each planted fault in databases whose version rows say something else than the heads: nothing false is said of the
/// other objects, the fault has the same cause as at the heads, and the printed remedies leave what was said.
///
/// Without `REMEDIES=all` a sample runs.
@Suite("remedies: situations") struct SituationTests {
    /// - Parameter withoutSecond: leaves out a case that also drops what revision 2 has made or needs.
    private static func cases(_ first: Int, withoutSecond: Bool = false) -> [RemedyCase] {
        let all = RemedyCase.all.filter { !withoutSecond || $0.testDescription != "everything" }
        return RemedyTests.runsAll ? all : RemedyTests.sample(of: all, from: first, every: 12)
    }

    private static func planted<T: Sendable>(
        _ example: RemedyCase, in template: RemedyTemplate.Database, _ body: (TestDatabase) async throws -> T
    ) async throws -> T {
        try await TestDatabase.with(copyOf: template.name) { database in
            for statement in example.statements { try await database.execute(statement) }
            return try await body(database)
        }
    }

    /// Revision 2 is pending.
    @Test(arguments: cases(1)) func behind(_ example: RemedyCase) async throws {
        let template = try await RemedyTemplate.shared()
        try await Self.planted(example, in: template.first) { database in
            let live = try await database.catalog()
            let atHeads = RemedySides(live: live, history: template.onlyFirst, applied: 1)
            let script = try await RemedyScript.check(example, in: database) {
                RemedySides(live: $0, history: template.history, applied: 1)
            }
            #expect(script.findings.map(\.code).contains("version.behind"))
            #expect(script.sql == (try RemedyScript(atHeads)).sql)
            let behind = RemedySides(live: live, history: template.history, applied: 1).comparison
            #expect(behind.differences == atHeads.comparison.differences && behind.pending == [])
        }
    }

    /// Revision 2 has run, and the row says 1.
    @Test(arguments: cases(4, withoutSecond: true)) func stale(_ example: RemedyCase) async throws {
        let template = try await RemedyTemplate.shared()
        try await Self.planted(example, in: template.second) { database in
            let live = try await database.catalog()
            let right = RemedySides(live: live, history: template.history, applied: 2).comparison
            let stale = RemedySides(live: live, history: template.history, applied: 1).comparison
            #expect(stale.differences == right.differences)
            #expect(stale.pending.map(\.revision) == ["2"] && stale.pending.allSatisfy(\.isApplied))
            let script = try await RemedyScript.check(example, in: database) {
                RemedySides(live: $0, history: template.history, applied: 1)
            }
            let finding = try #require(script.findings.first { $0.code == "version.rows.stale" })
            #expect(finding.remedy.contains("adminctl --database main fixVersion --to 2"))
        }
    }

    /// The row says 2, and revision 2 has not run.
    @Test(arguments: cases(7, withoutSecond: true)) func stamped(_ example: RemedyCase) async throws {
        let template = try await RemedyTemplate.shared()
        try await Self.planted(example, in: template.first) { database in
            let live = try await database.catalog()
            let fault = RemedySides(live: live, history: template.onlyFirst, applied: 1).comparison.differences
            let all = RemedySides(live: live, history: template.history, applied: 2).comparison.differences
            #expect(all.filter(fault.contains) == fault)
            let others = all.filter { !fault.contains($0) }
            #expect(others.allSatisfy { $0.blame == .drift && $0.live != $0.migrations })
            #expect(others.filter(\.kind.isMissingRelationOrColumn).map(\.revision) == ["2", "2", "2"])
            try await RemedyScript.check(example, in: database, validated: ["quiet.quiet_task_fkey"]) {
                RemedySides(live: $0, history: template.history, applied: 2)
            }
        }
    }

    /// The migrations have not been replayed, so what is wrong is not known: nothing is said to be made by hand, and
    /// nothing is removed.
    @Test(arguments: cases(10)) func withoutReplay(_ example: RemedyCase) async throws {
        let template = try await RemedyTemplate.shared()
        try await Self.planted(example, in: template.first) { database in
            let sides = RemedySides(live: try await database.catalog(), history: template.history, applied: nil)
            let script = try RemedyScript(sides)
            #expect(sides.comparison.differences.allSatisfy { $0.blame == nil })
            #expect(!script.findings.contains { $0.message.contains("by hand") || $0.message.contains("drift") })
            #expect(!script.isDestructive && !script.sql.contains { $0.contains("DROP ") }, "\(script.printed)")
            let outcome = try await RemedyScript.run(script.sql, in: database.url)
            #expect(outcome.status == 0, "\(outcome.standardError)\n\(script.printed)")
        }
    }

    /// No script has the row. Which revisions have run is not known, so no statement is printed, and nothing is said to be
    /// made by hand.
    @Test(arguments: cases(2)) func ahead(_ example: RemedyCase) async throws {
        let template = try await RemedyTemplate.shared()
        try await Self.planted(example, in: template.first) { database in
            var sides = RemedySides(live: try await database.catalog(), history: template.history, applied: nil)
            (sides.row, sides.isAhead) = ("9", true)
            let script = try RemedyScript(sides)
            #expect(sides.comparison.differences.allSatisfy { $0.blame == nil })
            #expect(script.findings.map(\.code).contains("version.ahead"))
            #expect(!script.findings.contains { $0.message.contains("by hand") || $0.message.contains("drift") })
            #expect(script.sql == [], "\(script.printed)")
            #expect(
                !script.printed.contains("autogenerate") && !script.printed.contains("adminctl --database main migrate")
            )
        }
    }
}
