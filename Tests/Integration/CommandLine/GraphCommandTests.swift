import Support
import Testing
import Wire

/// Arguments and output of `schemad graph`.
@Suite struct GraphCommandTests {
    private static func with(_ body: (TemporaryFolder) async throws -> Void) async throws {
        try await TemporaryFolder.with { folder in
            try folder.write("shop/alembic.ini", "[alembic]\nscript_location = m\n[second]\nscript_location = n\n")
            try folder.write("shop/other.ini", "[alembic]\nscript_location = n\n")
            try folder.write("shop/m/versions/1.py", "revision = 'aaaa11'\ndown_revision = None\n")
            try folder.write("shop/m/versions/2.py", "revision = 'bbbb22'\ndown_revision = 'aaaa11'\n")
            try folder.write("shop/n/versions/1.py", "revision = 'cccc33'\ndown_revision = 'gone00'\n")
            try await body(folder)
        }
    }

    private static func graph(
        _ folder: TemporaryFolder, _ arguments: String..., environment: [String: String?] = [:]
    ) async throws -> Program.Outcome {
        let variables = environment.merging(["ALEMBIC_CONFIG": nil]) { given, _ in given }
        return try await Program.run(
            try Products.path("schemad"), ["graph", "--project"] + arguments, environment: variables,
            folder: folder.path)
    }

    @Test func projectAndConfigurationOptions() async throws {
        try await Self.with { folder in
            for project in ["shop", "./shop", folder.path("shop")] {
                let outcome = try await Self.graph(folder, project, "--json")
                #expect(outcome.status == 0 && outcome.standardError.isEmpty)
                let json = try JSON.parse(Array(outcome.standardOutput.utf8))
                #expect(json["heads"] == ["bbbb22"])
                #expect(json["revisions"]?.arrayValue?.first?["file"] == "m/versions/1.py")
            }
            // The other graph has a missing parent and is still printed.
            let second = try await Self.graph(folder, "shop", "--section", "second", "--json")
            #expect(second.status == 1 && second.standardOutput.contains("graph.missingParent"))
            let named = try await Self.graph(folder, "shop", "--config", "other.ini", "--json")
            #expect(named.status == 1 && named.standardOutput == second.standardOutput)
            let variable = ["ALEMBIC_CONFIG": "other.ini"]
            #expect(try await Self.graph(folder, "shop", "--json", environment: variable).status == 1)
            let option = try await Self.graph(folder, "shop", "--config", "alembic.ini", environment: variable)
            #expect(option.status == 0 && option.lines == ["●  bbbb22  (head)", "●  aaaa11"])
        }
    }

    @Test func pictureFormats() async throws {
        try await Self.with { folder in
            let dot = try await Self.graph(folder, "shop", "--config", "other.ini", "--format", "dot")
            #expect(dot.status == 1 && dot.standardOutput.hasSuffix("}\n"))
            #expect(dot.standardError.contains("graph.missingParent"), "problems are not part of the picture")
            let mermaid = try await Self.graph(
                folder, "shop", "--format", "mermaid", "--around", "aaaa", "--limit", "1")
            #expect(mermaid.status == 0 && mermaid.standardOutput.contains("1 newer revision"))
        }
    }

    @Test func invalidArguments() async throws {
        try await Self.with { folder in
            let missing = try await Self.graph(folder, "nowhere")
            #expect(missing.status == 78 && missing.standardOutput.isEmpty)
            #expect(missing.standardError.hasPrefix("schemad: "))
            #expect(missing.standardError.split(separator: "\n").count == 1)
            let json = try await Self.graph(folder, "nowhere", "--json")
            #expect(json.status == 78 && json.standardOutput.isEmpty)
            #expect(try JSON.parse(Array(json.standardError.utf8.dropLast()))["code"] == "project.missing")
            #expect(try await Self.graph(folder, "shop", "--around", "zzzz").status == 64)
            #expect(try await Self.graph(folder, "shop", "--limit", "0").status == 64)
            #expect(try await Self.graph(folder, "shop", "--json", "--limit", "5").status == 64)
        }
    }
}
