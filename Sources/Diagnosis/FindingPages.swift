extension FindingCatalog {
    /// The pages of all codes as Markdown, and an index of them.
    ///
    /// - Returns: file names below `docs/findings/` with their contents: `README.md` first, then `CODE.md` in the order
    ///   of ``rules``.
    package static func markdownPages() -> [(file: String, text: String)] {
        [("README.md", index)] + rules.map { ("\($0.code).md", $0.markdown) }
    }

    private static var index: String {
        let rows = rules.map { rule in
            "| [\(rule.code)](\(rule.code).md) | \(rule.severityNames) | \(Markdown.escaped(rule.page.title)) |\n"
        }
        return """
            # Findings

            Every code that `adminctl diagnose` can report, in the order in which findings of one severity are shown.
            `adminctl explain CODE` shows the same pages. They are generated from `Sources/Diagnosis`; after a change
            there, `UPDATE_DOCS=1 swift test --filter FindingPagesTests` writes them again.

            A database is healthy when it has no finding of severity error.

            | Code | Severity | Meaning |
            |---|---|---|

            """ + rows.joined()
    }
}

extension Rule {
    fileprivate var severityNames: String { severities.map(\.rawValue).joined(separator: ", ") }

    fileprivate var markdown: String {
        """
        # \(code): \(Markdown.escaped(page.title))

        Severity: \(severityNames). [All findings](README.md)

        ## Problem

        \(Markdown.paragraphs(page.problem))

        ## Evidence

        \(Markdown.paragraphs(page.evidence))

        ## Remedy

        \(Markdown.paragraphs(page.remedy))

        """
    }
}

/// Plain text as Markdown.
private enum Markdown {
    private static let width = 100
    // An underscore inside a word has no meaning in Markdown.
    private static let special: Set<Character> = ["\\", "`", "*", "<", "[", "]", "|"]

    /// The text with a backslash before each character that Markdown would interpret.
    static func escaped(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            if special.contains(character) { result.append("\\") }
            result.append(character)
        }
    }

    /// The escaped text, with each of its lines as a paragraph.
    static func paragraphs(_ text: String) -> String {
        text.split(separator: "\n").map(wrapped).joined(separator: "\n\n")
    }

    /// In lines of at most 100 characters, unless one word is longer.
    private static func wrapped(_ text: Substring) -> String {
        var lines: [String] = []
        for word in escaped(String(text)).split(separator: " ") {
            if let last = lines.last, last.count + 1 + word.count <= width {
                lines[lines.count - 1] += " " + word
            } else {
                lines.append(String(word))
            }
        }
        return lines.joined(separator: "\n")
    }
}
