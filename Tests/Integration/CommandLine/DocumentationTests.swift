import FoundationEssentials
import Support
import Testing

/// The Markdown pages of the repository: every relative link has a target, and README.md stays short.
@Suite struct DocumentationTests {
    /// README.md is an introduction. The details are in `docs/`.
    private static let longestReadme = 180

    @Test func theReadmeIsShort() throws {
        let text = try Self.text(of: "README.md")
        #expect(text.utf8.count(where: { $0 == UInt8(ascii: "\n") }) <= Self.longestReadme)
    }

    @Test func everyRelativeLinkHasATarget() throws {
        let pages = try Self.pages()
        // Without pages there would be nothing to find wrong.
        #expect(pages.count >= 10)
        var broken: [String] = []
        for path in pages.keys.sorted() {
            for link in pages[path]?.links ?? [] where !Self.hasTarget(link, on: path, among: pages) {
                broken.append("\(path): \(link)")
            }
        }
        #expect(broken == [])
    }

    @Test(arguments: [
        ("Settings", "settings"), ("Your own project", "your-own-project"), ("7. Errors", "7-errors"),
        ("`schemad.toml`", "schemadtoml"), ("What is, and what is not", "what-is-and-what-is-not"),
        ("Read & write", "read--write"), ("snake_case and kebab-case", "snake_case-and-kebab-case"),
        ("[Alembic](https://alembic.sqlalchemy.org) versions", "alembic-versions"), ("Größe", "größe"),
    ]) func aHeadingHasTheAnchorThatGitHubGivesIt(_ heading: String, _ anchor: String) {
        #expect(MarkdownPage("## \(heading)\n").anchors == [anchor])
    }

    @Test func aRepeatedHeadingHasANumberedAnchor() {
        #expect(MarkdownPage("# Jobs\n\n## Jobs\n\n## Jobs\n").anchors == ["jobs", "jobs-1", "jobs-2"])
    }

    @Test func linksAreFoundInProseOnly() {
        let page = MarkdownPage(
            """
            A [link](docs/a.md), one with a [`code span`](b.md#c), and one with a [title](d.md "Title"). A link whose
            [text has two lines](e.md) counts, and `[code](f.md)` does not. Nor does [a site](https://example.org).

            | [table](g.md) | `a | b` |

            ```toml
            # comment
            x = "[code](h.md)"
            ```

            [reference]: i.md
            """)
        #expect(page.links == ["docs/a.md", "b.md#c", "d.md", "e.md", "g.md", "i.md"])
        #expect(page.anchors == [])
    }

    @Test(arguments: [
        ("b.md", true), ("b.md#there", true), ("#here", true), ("../docs/./b.md", true), ("b.md#not-there", false),
        ("#not-here", false), ("c.md", false), ("/docs/b.md", false), ("../../docs/b.md", false),
    ]) func aTargetIsAFileAndAHeading(_ link: String, _ exists: Bool) {
        let pages = ["docs/a.md": MarkdownPage("# Here\n"), "docs/b.md": MarkdownPage("# There\n")]
        #expect(Self.hasTarget(link, on: "docs/a.md", among: pages, exists: { pages[$0] != nil }) == exists)
    }

    /// Every Markdown file that is written for readers, by its path in the repository.
    private static func pages() throws -> [String: MarkdownPage] {
        var paths = ["README.md", "CHANGELOG.md"]
        for folder in ["docs", "proto", "clients", "deploy"] {
            for path in try FileManager.default.subpathsOfDirectory(atPath: "\(RepositoryRoot.path)/\(folder)")
            where path.hasSuffix(".md") && !path.split(separator: "/").contains(where: { $0.hasPrefix(".") }) {
                paths.append("\(folder)/\(path)")
            }
        }
        return Dictionary(uniqueKeysWithValues: try paths.map { ($0, MarkdownPage(try text(of: $0))) })
    }

    private static func text(of path: String) throws -> String {
        try String(contentsOfFile: "\(RepositoryRoot.path)/\(path)", encoding: .utf8)
    }

    private static func existsInRepository(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: "\(RepositoryRoot.path)/\(path)")
    }

    /// Whether a link leads to a file and, with a fragment, to a heading of a page.
    ///
    /// - Parameters:
    ///   - path: The page with the link, from the root of the repository.
    ///   - exists: Whether there is a file or folder at a path from the root of the repository.
    private static func hasTarget(
        _ link: String, on path: String, among pages: [String: MarkdownPage],
        exists: (String) -> Bool = existsInRepository
    ) -> Bool {
        let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        guard let target = resolve(parts[0], on: path), exists(target) else { return false }
        guard parts.count == 2 else { return true }
        return pages[target]?.anchors.contains(String(parts[1])) ?? false
    }

    /// The path of a link's target from the root of the repository; nil when the link leaves the repository.
    private static func resolve(_ link: Substring, on path: String) -> String? {
        guard !link.isEmpty else { return path }
        guard !link.hasPrefix("/") else { return nil }
        var components = Array(path.split(separator: "/").dropLast())
        for component in link.split(separator: "/") where component != "." {
            if component != ".." {
                components.append(component)
            } else if components.popLast() == nil {
                return nil
            }
        }
        return components.joined(separator: "/")
    }
}

/// The links and headings of a Markdown file, as GitHub reads them.
private struct MarkdownPage {
    /// Targets within the repository in the order of the text, such as `docs/settings.md#keys`.
    private(set) var links: [String] = []
    /// The anchors of the headings; a fragment names one of them.
    private(set) var anchors: Set<String> = []

    init(_ text: String) {
        var isCode = false
        var prose: [Substring] = []
        var uses: [String: Int] = [:]
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.drop(while: { $0 == " " }).hasPrefix("```") {
                isCode.toggle()
            } else if !isCode {
                prose.append(line)
                guard let heading = Self.heading(line) else { continue }
                let anchor = Self.anchor(heading)
                let earlier = uses[anchor, default: 0]
                uses[anchor] = earlier + 1
                anchors.insert(earlier == 0 ? anchor : "\(anchor)-\(earlier)")
            }
        }
        // A code span may continue on the next line, but not in the next paragraph.
        for paragraph in prose.split(whereSeparator: \.isEmpty) {
            links += Self.links(paragraph.joined(separator: "\n"))
        }
    }

    private static func links(_ paragraph: String) -> [String] {
        let text = paragraph.replacing(#/`[^`]*`/#, with: "")
        let inline = text.matches(of: #/\]\((?<target>[^)\s]+)[^)]*\)/#).map { String($0.target) }
        let references = text.matches(of: #/(?m)^\[[^\]]+\]: +(?<target>\S+)/#).map { String($0.target) }
        return (inline + references).filter { !$0.contains("://") && !$0.hasPrefix("mailto:") }
    }

    /// The text of a heading; nil for another line.
    private static func heading(_ line: Substring) -> Substring? {
        let level = line.prefix { $0 == "#" }.count
        let text = line.dropFirst(level)
        return (1...6).contains(level) && text.first == " " ? text.drop { $0 == " " } : nil
    }

    /// Lower case without punctuation, with a hyphen for each space.
    private static func anchor(_ heading: Substring) -> String {
        // Of a link, only the text counts.
        let text = heading.replacing(#/\[(?<text>[^\]]*)\]\([^)]*\)/#) { $0.text }
        return text.lowercased().reduce(into: "") { anchor, character in
            if character == " " {
                anchor.append("-")
            } else if character.isLetter || character.isNumber || character == "-" || character == "_" {
                anchor.append(character)
            }
        }
    }
}
