import FoundationEssentials
import Support
import Testing

/// Which module may import which: the table in docs/architecture.md and the imports in the code are the same.
@Suite struct HouseTests {
    @Test(arguments: ["adminctl", "hookbridge"]) func aClientDoesNotLinkTheDatabase(_ program: String) async throws {
        let outcome = try await Program.run("/usr/bin/ldd", [try Products.path(program)])
        #expect(outcome.status == 0)
        #expect(outcome.standardOutput.contains("libcrypto"))
        #expect(!outcome.standardOutput.contains("libpq"))
    }

    /// A module imports what the table allows, and the table allows nothing that is not imported.
    @Test func importsAreThoseOfTheTable() throws {
        let table = try Self.table()
        let imports = try Self.imports()
        #expect(table.keys.sorted() == imports.keys.sorted())
        for (module, imported) in imports {
            let ours = imported.intersection(imports.keys)
            #expect(ours == table[module] ?? [], "\(module)")
        }
    }

    @Test func modulesHaveNoCycle() throws {
        var rest = try Self.table()
        while let (leaf, _) = rest.first(where: { $0.value.isEmpty }) {
            rest[leaf] = nil
            for module in rest.keys { rest[module]?.remove(leaf) }
        }
        #expect(rest.isEmpty, "\(rest.keys.sorted())")
    }

    /// Each C module and each library with an effect has one importer, or the few that are named here.
    @Test(arguments: [
        ("CLibPQ", ["Postgres"]), ("COpenSSL", ["Digests", "Tokens"]), ("TOMLKit", ["Settings"]), ("GRDB", ["Journal"]),
        ("CPosix", ["Agent", "AgentClient", "Files", "Runtime"]), ("Hummingbird", ["WebhookBridge"]),
        ("NIOPosix", ["Agent", "WebhookBridge"]), ("Subprocess", ["Alembic", "Postgres"]),
    ]) func aLibraryHasItsImporters(_ library: String, _ modules: [String]) throws {
        let importers = try Self.imports().filter { $0.value.contains(library) }.keys.sorted()
        #expect(importers == modules)
    }

    @Test(arguments: ["Text", "Revisions", "Scripts", "Schema", "Diagnosis", "Plans", "Terminal"])
    func aPureModuleReadsNothing(_ module: String) throws {
        let imported = try Self.imports()[module] ?? []
        #expect(imported.isDisjoint(with: ["Glibc", "Foundation", "FoundationEssentials", "Subprocess", "Files"]))
    }

    /// Errors of other modules become protocol errors in one file of the agent.
    @Test func protocolErrorsBelongToTheAgentAndTheClients() throws {
        let allowed: Set = ["Wire", "Agent", "AgentClient", "AdminCommands", "WebhookBridge"]
        for (module, files) in try Self.sources() where !allowed.contains(module) {
            for (path, text) in files { #expect(!text.contains("WireError"), "\(path)") }
        }
    }

    /// The modules of docs/architecture.md and what each may import.
    private static func table() throws -> [String: Set<String>] {
        let text = try String(contentsOfFile: "\(RepositoryRoot.path)/docs/architecture.md", encoding: .utf8)
        var table: [String: Set<String>] = [:]
        for line in text.split(separator: "\n") {
            let cells = line.split(separator: "|", omittingEmptySubsequences: false)
            guard cells.count == 5 else { continue }
            let imported = Set(Self.codeSpans(String(cells[3])))
            for module in Self.codeSpans(String(cells[1])) { table[module] = imported }
        }
        return table
    }

    private static func codeSpans(_ text: String) -> [String] {
        text.split(separator: "`", omittingEmptySubsequences: false).enumerated()
            .filter { $0.offset % 2 == 1 }.map { String($0.element) }
    }

    /// What each module imports, ours and others'.
    private static func imports() throws -> [String: Set<String>] {
        try sources().mapValues { files in
            Set(files.flatMap { imports(in: $0.text) })
        }
    }

    private static func imports(in text: String) -> [String] {
        text.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            guard words.count <= 3, words.dropLast().last == "import", let module = words.last else { return nil }
            return String(module)
        }
    }

    /// The Swift files of each module; the C modules have none.
    private static func sources() throws -> [String: [(path: String, text: String)]] {
        var found: [String: [(path: String, text: String)]] = [:]
        for parent in ["Sources", "clients/swift"] {
            let root = "\(RepositoryRoot.path)/\(parent)"
            for module in try FileManager.default.contentsOfDirectory(atPath: root) {
                found[module] = []
                for path in try FileManager.default.subpathsOfDirectory(atPath: "\(root)/\(module)")
                where path.hasSuffix(".swift") {
                    let file = "\(root)/\(module)/\(path)"
                    found[module]?.append((file, try String(contentsOfFile: file, encoding: .utf8)))
                }
            }
        }
        return found
    }
}
