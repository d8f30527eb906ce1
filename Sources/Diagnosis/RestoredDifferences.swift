import Schema
import Text

/// The differences of a finding that statements may resolve, and the lines around those statements.
struct RestoredDifferences {
    var differences: [SchemaDifference]
    /// Introduces the statements: a comment of SQL.
    var heading: String
    /// What adds the missing columns that `align` adds, in place of their statements; empty where statements do.
    var alignment: [String] = []
    /// What to do where there is no statement.
    var otherwise: [String]
    /// What follows in either case.
    var rest: [String] = []
}

/// Writes the remedies of findings in the order in which they are shown, so that pasting them from top to bottom works:
/// each has the statements of its own differences and those that these need, unless an earlier one had them.
struct RemedyWriter {
    /// Bytes of all statements: they have to fit into one response, and are never cut.
    private static let budget = 150_000

    private let script: RestorationScript
    private let positions: [RestorationScript.Target: [Int]]
    private var written: Set<Int> = []
    private var left = Self.budget

    init(_ script: RestorationScript) {
        self.script = script
        positions = script.positions
    }

    /// The finding with its statements.
    mutating func finding(_ result: RuleResult) -> Finding {
        var finding = result.finding
        if let restored = result.restored {
            finding.remedy = lines(restored).map(SafeText.sql).joined(separator: "\n")
        }
        return finding
    }

    private mutating func lines(_ restored: RestoredDifferences) -> [String] {
        let own = restored.differences.map { positions[$0.target] ?? [] }
        guard own.contains(where: { !$0.isEmpty }) else { return restored.otherwise + restored.rest }
        var chosen: Set<Int> = []
        var omitted = 0
        for steps in own {
            let new = Set(script.closure(of: steps)).subtracting(written)
            let size = new.reduce(0) { $0 + self.size(script.steps[$1]) }
            guard size <= left else {
                omitted += 1
                continue
            }
            left -= size
            written.formUnion(new)
            chosen.formUnion(new)
        }
        var lines: [String]
        let aligned = restored.alignment.isEmpty ? [] : chosen.filter { script.steps[$0].isAlignment }
        if chosen.isEmpty {
            lines = omitted == 0 ? ["# The statements above resolve this too."] : []
        } else if aligned.isEmpty {
            lines = text(chosen.sorted(), restored.heading)
        } else {
            let before = Set(script.closure(of: aligned)).intersection(chosen).subtracting(aligned)
            let after = chosen.subtracting(before).subtracting(aligned)
            lines = text(before.sorted(), "-- First, in psql:") + restored.alignment
            lines += text(after.sorted(), "-- Then, in psql, as in the migrations:")
        }
        if omitted > 0 {
            lines.append(
                "# \(omitted) more: run the statements above first, then diagnose again. Or see the revisions.")
        }
        return lines + restored.rest
    }

    private func text(_ steps: [Int], _ heading: String) -> [String] {
        if steps.isEmpty { return [] }
        let hasStatements = steps.contains { !script.steps[$0].statements.isEmpty }
        return (hasStatements ? [heading] : [])
            + steps.flatMap { script.steps[$0].notes.map { "-- " + SafeText.sql($0) } + script.steps[$0].statements }
    }

    private func size(_ step: RestorationScript.Step) -> Int {
        (step.notes + step.statements).reduce(0) { $0 + $1.utf8.count + 4 }
    }
}
