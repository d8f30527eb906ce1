package import Diagnosis
import Text

/// Findings as lines of text, shortened to the size of a screen. The console adds the colours.
package struct FindingText {
    /// One line, in parts that a terminal shows differently.
    package struct Line: Equatable {
        package enum Role: Equatable { case plain, dim, arrow, severity(Severity) }

        package struct Part: Equatable {
            package var text: String
            package var role = Role.plain
        }

        package var parts: [Part] = []

        package var text: String { parts.map(\.text).joined() }
    }

    /// How much of the findings is shown.
    package struct Detail: Equatable {
        /// The number of lines of evidence for each finding; nil for all.
        var evidence: Int?
        /// Whether warnings are cut to their first line.
        var cutsWarnings = false
        /// Whether the remedies of errors are cut to their first command.
        var cutsRemedies = false
        /// Whether the messages of errors are cut to one line.
        var cutsMessages = false
        /// The number of errors with more than their first line; nil for all.
        var errors: Int?
        /// Whether evidence is cut at the terminal's width and to its first line, and left out for notes.
        var cutsEvidence = true
    }

    /// Nothing is left out and nothing is cut.
    private static let full = Detail(evidence: nil, cutsEvidence: false)

    private static let details = [
        full, Detail(evidence: nil), Detail(evidence: 10), Detail(evidence: 5), Detail(evidence: 3),
        Detail(evidence: 1),
        Detail(evidence: 3, cutsWarnings: true), Detail(evidence: 1, cutsWarnings: true),
        Detail(evidence: 0, cutsWarnings: true), Detail(evidence: 0, cutsWarnings: true, cutsRemedies: true),
        Detail(evidence: 0, cutsWarnings: true, cutsRemedies: true, cutsMessages: true),
        Detail(evidence: 0, cutsWarnings: true, cutsRemedies: true, cutsMessages: true, errors: 1),
    ]

    private let findings: [Finding]
    private let columns: Int?

    /// - Parameter columns: the terminal's columns; nil if lines are neither broken nor cut.
    package init(_ findings: [Finding], columns: Int?) {
        self.findings = findings
        self.columns = columns
    }

    /// The greatest detail that fits into `room` lines; the smallest one where none fits.
    package func detail(within room: Int?) -> Detail {
        guard let room else { return Self.full }
        // The hint that something was left out takes a line.
        return Self.details.first { height($0) + (leavesOut($0) ? 1 : 0) <= room }
            ?? Self.details[Self.details.count - 1]
    }

    package func leavesOut(_ detail: Detail) -> Bool {
        (detail.cutsWarnings && findings.contains { $0.severity == .warning }) || detail.cutsRemedies
            || detail.errors != nil
            || detail.cutsEvidence && findings.contains { !$0.evidence.isEmpty && $0.severity == .info }
            || findings.contains { $0.severity != .info && $0.evidence.count > detail.evidence ?? .max }
            || detail.cutsEvidence && shownEvidence(detail).contains { isCut($0) }
    }

    /// The evidence of errors and warnings that is shown.
    private func shownEvidence(_ detail: Detail) -> [String] {
        findings.filter { $0.severity == .error || $0.severity == .warning && !detail.cutsWarnings }
            .flatMap { $0.evidence.prefix(detail.evidence ?? .max) }
    }

    /// Whether a line of evidence is too long for the terminal, or has more lines.
    private func isCut(_ fact: String) -> Bool {
        let lines = SafeText.lines(fact)
        return lines.count > 1 || columns.map { (lines.first ?? "").count + 6 > $0 } ?? false
    }

    /// The number of the terminal's lines: a long line takes several.
    private func height(_ detail: Detail) -> Int {
        lines(detail).reduce(0) { sum, line in
            sum + max(1, columns.map { (line.text.count + $0 - 1) / $0 } ?? 1)
        }
    }

    package func lines(_ detail: Detail) -> [Line] {
        var lines: [Line] = []
        var remedies = ShownRemedies()
        let errors = findings.filter { $0.severity == .error }
        let warnings = findings.filter { $0.severity == .warning }
        let full = errors.prefix(detail.errors ?? .max) + (detail.cutsWarnings ? [] : warnings)
        for finding in full {
            lines.append(Line())
            lines += self.lines(finding, detail, &remedies)
        }
        lines += brief(errors.dropFirst(detail.errors ?? .max) + (detail.cutsWarnings ? warnings : []))
        let notes = findings.filter { $0.severity == .info }
        if !notes.isEmpty { lines.append(Line()) }
        for note in notes {
            lines += wrapped(note.message, Line(parts: [.init(text: "note: ", role: .dim)]), indent: 6)
            if !detail.cutsEvidence { lines += evidence(note.evidence, detail) }
        }
        return lines
    }

    private func lines(_ finding: Finding, _ detail: Detail, _ remedies: inout ShownRemedies) -> [Line] {
        let severity = finding.severity
        var lines = [
            Line(parts: [
                .init(text: severity.rawValue, role: .severity(severity)), .init(text: "  "),
                .init(text: SafeText.visible(finding.code), role: .dim),
            ])
        ]
        let message = wrapped(finding.message, Line(parts: [.init(text: "  ")]), indent: 2)
        lines +=
            detail.cutsMessages
            ? [cut(Line(parts: [.init(text: "  "), .init(text: SafeText.oneLine(finding.message))]))] : message
        let shown = finding.evidence.prefix(detail.evidence ?? .max)
        lines += evidence(shown, detail)
        let rest = finding.evidence.count - shown.count
        if rest > 0, !shown.isEmpty {
            lines.append(Line(parts: [.init(text: "    … and \(rest) more", role: .dim)]))
        }
        let paragraphs = remedies.paragraphs(of: finding, inPart: columns != nil)
        var remedy = paragraphs.flatMap(\.self)
        if detail.cutsRemedies { remedy = Self.first(of: paragraphs) }
        for (index, text) in remedy.enumerated() {
            // Never cut or broken: users paste it.
            lines.append(
                Line(parts: [
                    .init(text: index == 0 ? "  → " : "    ", role: .arrow), .init(text: SafeText.visible(text)),
                ]))
        }
        return lines
    }

    /// Facts as a list.
    private func evidence(_ facts: some Collection<String>, _ detail: Detail) -> [Line] {
        facts.flatMap { fact in
            let pieces = SafeText.lines(fact)
            let shown = detail.cutsEvidence ? pieces.prefix(1) : pieces[...]
            return shown.enumerated().map { index, piece in
                let mark = Line.Part(text: index == 0 ? "- " : "  ", role: .dim)
                let more = shown.count < pieces.count ? " …" : ""
                let line = Line(parts: [.init(text: "    "), mark, .init(text: piece + more)])
                return detail.cutsEvidence ? cut(line) : line
            }
        }
    }

    /// One line for each finding, after an empty one.
    private func brief(_ findings: some Collection<Finding>) -> [Line] {
        guard !findings.isEmpty else { return [] }
        return [Line()]
            + findings.map { finding in
                cut(
                    Line(parts: [
                        .init(text: finding.severity.rawValue, role: .severity(finding.severity)), .init(text: "  "),
                        .init(text: SafeText.visible(finding.code) + "  ", role: .dim),
                        .init(text: SafeText.oneLine(finding.message)),
                    ]))
            }
    }

    /// The first command; the statements of a transaction stay together.
    private static func first(of paragraphs: [[String]]) -> [String] {
        guard
            let commands = paragraphs.lazy.map({ $0.filter { !ShownRemedies.isComment($0) } }).first(where: {
                !$0.isEmpty
            })
        else {
            return Array(paragraphs.flatMap(\.self).prefix(1))
        }
        return commands.first == "BEGIN;" ? commands : Array(commands.prefix(1))
    }

    /// Prose after the parts of `first`, broken between words at the terminal's width.
    private func wrapped(_ text: String, _ first: Line, indent: Int) -> [Line] {
        // The lines of a server's message are indented, so that none looks like a line of ours.
        let pieces = SafeText.lines(text).enumerated().flatMap { index, line in
            let space = index == 0 ? "" : "  "
            let width = columns.map { max(20, $0 - indent - space.count) }
            return (width.map { ParagraphText.lines(line, width: $0) } ?? [line]).map { space + $0 }
        }
        return pieces.enumerated().map { index, piece in
            var line = index == 0 ? first : Line(parts: [.init(text: String(repeating: " ", count: indent))])
            line.parts.append(.init(text: piece))
            return line
        }
    }

    /// The line, cut at the terminal's width.
    private func cut(_ line: Line) -> Line {
        guard let columns, line.text.count > columns, var last = line.parts.last else { return line }
        last.text = last.text.prefix(max(1, last.text.count - (line.text.count - columns) - 1)) + "…"
        return Line(parts: line.parts.dropLast() + [last])
    }
}
