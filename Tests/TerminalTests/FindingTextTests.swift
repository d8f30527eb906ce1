import Diagnosis
import Testing

@testable import Terminal

/// The lines of a long diagnosis on a small terminal.
@Suite struct FindingTextTests {
    private static func finding(_ number: Int, _ severity: Severity, evidence: Int = 60) -> Finding {
        Finding(
            code: "schema.code\(number)", severity: severity,
            message:
                "Some \(number) of the things that the models map do not exist, and no revision is pending for them.",
            evidence: (0..<evidence).map { "evidence \($0) of \(number)\u{1B}[2J" },
            remedy: """
                # What to do about \(number), in words:
                adminctl --database main command\(number)
                # Or accept what is there from now on:
                adminctl --database main diagnose --write-baseline schema.baseline.json
                """)
    }

    private static let several =
        [finding(1, .error), finding(2, .error, evidence: 3)] + (3...7).map { finding($0, .warning) }
        + [finding(8, .info)]

    private static func lines(_ findings: [Finding], columns: Int?, room: Int?) -> [String] {
        let text = FindingText(findings, columns: columns)
        return text.lines(text.detail(within: room)).map(\.text)
    }

    @Test(arguments: [(80, 15), (80, 23), (120, 31), (200, 60)]) func theTextFitsTheScreen(columns: Int, room: Int) {
        let lines = Self.lines(Self.several, columns: columns, room: room)
        #expect(lines.count < room)
        // Only commands, which are pasted, may be longer than a line.
        #expect(lines.allSatisfy { $0.count <= columns || $0.contains("adminctl ") })
        // The first error has its remedy; the code of every finding is shown.
        #expect(
            lines.contains("  → adminctl --database main command1")
                || lines.contains("    adminctl --database main command1"))
        for number in 1...7 { #expect(lines.contains { $0.contains("schema.code\(number)") }, "\(number)") }
        #expect(!lines.joined().contains("\u{1B}"))
    }

    @Test func withoutAScreenEverythingIsShown() {
        let lines = Self.lines(Self.several, columns: nil, room: nil)
        for finding in Self.several where finding.severity != .info {
            for line in finding.remedy.split(separator: "\n") { #expect(lines.contains { $0.hasSuffix(line) }) }
            #expect(lines.count { $0.contains("of \(finding.code.last ?? " ")\\u{1b}") } == finding.evidence.count)
        }
        #expect(!FindingText(Self.several, columns: nil).leavesOut(.init(evidence: nil)))
    }

    @Test(arguments: Verdict.allCases) func aVerdictsMeaningIsOneLine(verdict: Verdict) {
        #expect((verdict.meaning == nil) == (verdict == .inSync))
        #expect((verdict.meaning?.count ?? 0) + 2 <= 80)
    }

    @Test func aRemedyIsNotRepeated() {
        let lines = Self.lines([Self.finding(1, .error), Self.finding(2, .error)], columns: 100, room: nil)
        #expect(lines.count { $0.contains("--write-baseline") } == 1)
        let same = Self.finding(1, .error)
        #expect(Self.lines([same, same], columns: 100, room: nil).last == "  → # As above.")
    }
}
