import Diagnosis
import FoundationEssentials
import Testing

/// `docs/findings` shows the pages in the code.
@Suite("Pages in docs/findings")
struct FindingPagesTests {
    private static let folder =
        #filePath.split(separator: "/").dropLast(3).reduce(into: "") { $0 += "/\($1)" } + "/docs/findings"

    /// Writes the pages first if the environment variable `UPDATE_DOCS` is 1.
    @Test func everyPageIsCurrent() throws {
        let pages = FindingCatalog.markdownPages()
        if ProcessInfo.processInfo.environment["UPDATE_DOCS"] == "1" { try Self.write(pages) }
        let present = try FileManager.default.contentsOfDirectory(atPath: Self.folder)
        #expect(Set(present) == Set(pages.map(\.file)))
        for page in pages {
            let text = try String(contentsOfFile: "\(Self.folder)/\(page.file)", encoding: .utf8)
            #expect(text == page.text, "\(page.file) is out of date: run this test with UPDATE_DOCS=1")
        }
    }

    @Test func theIndexLinksEveryCodeWithItsSeverities() throws {
        let pages = FindingCatalog.markdownPages()
        let index = try #require(pages.first)
        #expect(index.file == "README.md")
        #expect(pages.dropFirst().map(\.file) == FindingCatalog.rules.map { "\($0.code).md" })
        for rule in FindingCatalog.rules {
            let severities = rule.severities.map(\.rawValue).joined(separator: ", ")
            #expect(index.text.contains("| [\(rule.code)](\(rule.code).md) | \(severities) | \(rule.page.title) |\n"))
        }
    }

    @Test func aLineOfAPageIsShortAndNoList() {
        for (file, text) in FindingCatalog.markdownPages().dropFirst() {
            for line in text.split(separator: "\n") where !line.hasPrefix("#") {
                #expect(line.count <= 100, "\(file): \(line)")
                #expect(line.prefixMatch(of: /[-+>]\s|\d+[.)]\s/) == nil, "\(file): \(line)")
            }
        }
    }

    private static func write(_ pages: [(file: String, text: String)]) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for file in try FileManager.default.contentsOfDirectory(atPath: folder)
        where !pages.contains(where: { $0.file == file }) {
            try FileManager.default.removeItem(atPath: "\(folder)/\(file)")
        }
        for page in pages {
            try page.text.write(toFile: "\(folder)/\(page.file)", atomically: true, encoding: .utf8)
        }
    }
}
