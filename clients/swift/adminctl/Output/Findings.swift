import Diagnosis

extension Console {
    /// Each finding: severity and code, the message, what it rests on, what to do. What is only good to know, and asks
    /// for nothing, is one line at the end.
    func findings(_ findings: [Finding]) {
        for finding in findings where finding.severity != .info {
            line()
            let severity = styled(finding.severity.rawValue, style(of: finding.severity), .bold)
            line("\(severity)  \(styled(plain(finding.code), .dim))")
            line("  " + plain(finding.message))
            for fact in finding.evidence { line("    " + styled("- ", .dim) + plain(fact)) }
            let remedy = finding.remedy.split(separator: "\n").map { plain(String($0)) }
            for (index, text) in remedy.enumerated() {
                line("  " + styled(index == 0 ? "→ " : "  ", .green) + text)
            }
        }
        let notes = findings.filter { $0.severity == .info }
        if !notes.isEmpty { line() }
        for note in notes { line(styled("note: ", .dim) + plain(note.message)) }
    }

    private func style(of severity: Severity) -> Style {
        switch severity {
        case .error: .red
        case .warning: .yellow
        case .info: .blue
        }
    }
}
