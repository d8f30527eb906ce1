import Diagnosis

extension Console {
    /// Each finding: severity and code, the message, what it rests on, what to do.
    func findings(_ findings: [Finding]) {
        for finding in findings {
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
    }

    private func style(of severity: Severity) -> Style {
        switch severity {
        case .error: .red
        case .warning: .yellow
        case .info: .blue
        }
    }
}
