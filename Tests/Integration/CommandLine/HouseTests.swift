import FoundationEssentials
import Support
import Testing

/// Who may use what: the clients never link the database's library, and each C library has one importer.
@Suite struct HouseTests {
    @Test(arguments: ["adminctl", "hookbridge"]) func aClientDoesNotLinkTheDatabase(_ program: String) async throws {
        let outcome = try await Program.run("/usr/bin/ldd", [try Products.path(program)])
        #expect(outcome.status == 0)
        #expect(outcome.standardOutput.contains("libcrypto"))
        #expect(!outcome.standardOutput.contains("libpq"))
    }

    @Test(arguments: [
        ("CLibPQ", ["Sources/Postgres"]), ("COpenSSL", ["Sources/Tokens"]), ("TOMLKit", ["Sources/Settings"]),
        ("CPosix", ["Sources/Agent", "clients/swift/AgentClient"]), ("GRDB", ["Sources/Journal"]),
        ("Postgres", ["Sources/Agent"]), ("Journal", ["Sources/Agent"]), ("Alembic", ["Sources/Agent"]),
        ("Agent", ["Sources/schemad"]),
    ]) func aModuleHasItsImporters(_ module: String, _ folders: [String]) throws {
        let importers = try Self.importers(of: module)
        #expect(Set(importers) == Set(folders))
    }

    @Test(arguments: ["Revisions", "Schema", "Diagnosis"]) func aPureModuleReadsNothing(_ module: String) throws {
        for system in ["Glibc", "Foundation", "FoundationEssentials", "Subprocess"] {
            #expect(!(try Self.importers(of: system)).contains("Sources/\(module)"))
        }
    }

    /// The folders of the modules with a file that imports `module`.
    private static func importers(of module: String) throws -> [String] {
        var found: Set<String> = []
        for parent in ["Sources", "clients/swift"] {
            let root = "\(RepositoryRoot.path)/\(parent)"
            for path in try FileManager.default.subpathsOfDirectory(atPath: root) where path.hasSuffix(".swift") {
                let text = try String(contentsOfFile: "\(root)/\(path)", encoding: .utf8)
                let imports = text.split(separator: "\n").contains { line in
                    let words = line.split(separator: " ")
                    return words.suffix(2) == ["import", module[...]] && words.count <= 3
                }
                if imports, let name = path.split(separator: "/").first { found.insert("\(parent)/\(name)") }
            }
        }
        return found.sorted()
    }
}
