import Diagnosis
import FoundationEssentials
import Testing

@Suite("Codes and their pages")
struct FindingCatalogTests {
    @Test func everyCodeIsUnique() {
        #expect(FindingCatalog.codes.count == FindingCatalog.rules.count)
        #expect(FindingCatalog.rules.allSatisfy { FindingCatalog.rule($0.code)?.code == $0.code })
        #expect(FindingCatalog.rule("version.nothing") == nil)
    }

    @Test(arguments: FindingCatalog.rules.map(\.code)) func aCodeIsWordsWithDots(code: String) {
        let words = code.split(separator: ".", omittingEmptySubsequences: false)
        #expect((2...3).contains(words.count))
        for word in words {
            #expect(word.first?.isLowercase == true)
            #expect(word.utf8.allSatisfy { (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) })
        }
    }

    @Test(arguments: FindingCatalog.rules.map(\.code)) func aPageHasItsThreeParts(code: String) throws {
        let rule = try #require(FindingCatalog.rule(code))
        #expect(!rule.page.title.isEmpty && !rule.page.title.hasSuffix("."))
        for part in [rule.page.problem, rule.page.evidence, rule.page.remedy] {
            #expect(part.count > 9)
            #expect(part.hasSuffix("."))
        }
        #expect(!rule.severities.isEmpty && rule.severities == rule.severities.sorted())
        #expect(rule.text.hasPrefix("\(code): \(rule.page.title)\n\nProblem\n"))
        #expect(rule.text.hasSuffix("Remedy\n" + rule.page.remedy))
    }

    @Test func aFindingTravelsAsTheContractSays() throws {
        let finding = Finding(
            code: "version.behind", severity: .error, message: "1 revision is pending.", evidence: ["rows: none"],
            remedy: "adminctl migrate")
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let json = try encoder.encode(finding)
        #expect(
            String(decoding: json, as: UTF8.self) == """
                {"code":"version.behind","evidence":["rows: none"],"message":"1 revision is pending.",\
                "remedy":"adminctl migrate","severity":"error"}
                """)
        #expect(try JSONDecoder().decode(Finding.self, from: json) == finding)
    }

    @Test func theContractsWordsForVerdictsAndStates() {
        #expect(
            Verdict.allCases.map(\.rawValue) == [
                "unreachable", "permissionDenied", "projectInvalid", "corrupt", "unmanaged", "ahead", "empty", "behind",
                "drifted", "unverified", "inSync",
            ])
        #expect(
            VersionTableState.allCases.map(\.rawValue) == [
                "legitimate", "empty", "missing", "corrupt", "unknownRows", "notATable", "denied",
            ])
        #expect(Severity.allCases.sorted() == [.error, .warning, .info])
    }
}
