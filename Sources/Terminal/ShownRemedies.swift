import Diagnosis

/// The remedies that have been shown, so that each is shown once.
struct ShownRemedies {
    /// The code of the finding that showed a paragraph first.
    private var codes: [[String]: String] = [:]

    /// What to show of a finding's remedy: what no earlier finding has shown, or in words which findings have all of it.
    ///
    /// - Parameter inPart: whether single paragraphs are left out, and not only a remedy that was shown as a whole.
    mutating func paragraphs(of finding: Finding, inPart: Bool) -> [[String]] {
        let paragraphs = Self.paragraphs(finding.remedy)
        let new = paragraphs.filter { codes[$0] == nil }
        guard new.isEmpty, !paragraphs.isEmpty else {
            for paragraph in new { codes[paragraph] = finding.code }
            return inPart ? new : paragraphs
        }
        var names: [String] = []
        for code in paragraphs.compactMap({ codes[$0] }) where !names.contains(code) { names.append(code) }
        return [["# As for \(names.joined(separator: " and ")) above."]]
    }

    /// A comment with the commands that follow it, as one paragraph each.
    private static func paragraphs(_ remedy: String) -> [[String]] {
        var paragraphs: [[String]] = []
        for line in remedy.split(separator: "\n").map(String.init) {
            let continues = paragraphs.last.map { !isComment(line) || $0.allSatisfy(isComment) } ?? false
            if continues { paragraphs[paragraphs.count - 1].append(line) } else { paragraphs.append([line]) }
        }
        return paragraphs
    }

    /// Whether the line of a remedy is a comment, of a shell or of SQL.
    static func isComment(_ line: String) -> Bool { line.hasPrefix("#") || line.hasPrefix("--") }
}
