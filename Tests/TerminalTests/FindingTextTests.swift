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
        let text = FindingText(Self.several, columns: nil)
        #expect(!text.leavesOut(text.detail(within: nil)))
    }

    @Test(arguments: Verdict.allCases) func aVerdictsMeaningIsOneLine(verdict: Verdict) {
        #expect((verdict.meaning == nil) == (verdict == .inSync))
        #expect((verdict.meaning?.count ?? 0) + 2 <= 80)
    }

    @Test func aRemedyIsNotRepeated() {
        let lines = Self.lines([Self.finding(1, .error), Self.finding(2, .error)], columns: 100, room: nil)
        #expect(lines.count { $0.contains("--write-baseline") } == 1)
        let same = Self.finding(1, .error)
        for columns in [100, nil] {
            let lines = Self.lines([same, same], columns: columns, room: nil)
            #expect(lines.last == "  → # As for schema.code1 above.")
            #expect(lines.count { $0.contains("command1") } == 1)
        }
    }

    @Test func nothingIsCutWhenAllIsShown() {
        let definition = "view v (live: SELECT \(String(repeating: "a, ", count: 60))b\n   FROM t\u{7}\nWHERE c)"
        let error = Finding(
            code: "schema.objectDiffers", severity: .error, message: "The server said:\nERROR:  no\nDETAIL:  none",
            evidence: [definition], remedy: "adminctl diagnose")
        let note = Finding(
            code: "schema.notCompared", severity: .info, message: "It is incomplete (and 1 more reason).",
            evidence: ["the other reason", definition], remedy: "")
        for columns in [80, nil] {
            let lines = Self.lines([error, note], columns: columns, room: nil)
            #expect(lines.contains("  The server said:") && lines.contains("    ERROR:  no") == (columns == nil))
            #expect(lines.contains("      WHERE c)") && lines.contains("         FROM t\\u{7}"))
            #expect(lines.contains { $0.hasPrefix("    - view v") && $0.hasSuffix("a, b") && $0.count > 180 })
            #expect(lines.contains("    - the other reason"))
            #expect(!lines.joined().contains("u{a}"))
        }
        let text = FindingText([error, note], columns: 80)
        let short = text.detail(within: 14)
        #expect(text.leavesOut(short), "there is more with --all")
        #expect(text.lines(short).allSatisfy { $0.text.count <= 80 })
        #expect(!text.leavesOut(text.detail(within: nil)))
    }
}
