import FoundationEssentials
import Support
import Testing
import Wire

/// The command table and `proto/schema/commands` agree.
@Suite struct SchemaTests {
    private struct Schema: Decodable {
        var name: String
        var scope: String
        var mutation: Bool
        var params: Members
        var result: Result
    }

    private struct Members: Decodable {
        var properties: [String: Empty]?
        var additionalProperties: Bool?
    }

    private struct Result: Decodable {}
    private struct Empty: Decodable {}

    private static let folder = RepositoryRoot.path + "/proto/schema/commands"

    private static func schema(_ name: String) throws -> Schema {
        let bytes = try #require(FileManager.default.contents(atPath: "\(folder)/\(name).json"))
        return try JSONDecoder().decode(Schema.self, from: bytes)
    }

    @Test func everyCommandHasASchemaAndEverySchemaACommand() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder).filter { $0.hasSuffix(".json") }
        #expect(Set(files) == Set(CommandTable.all.map { $0.name + ".json" }))
    }

    @Test(arguments: CommandTable.all.map { $0.name }) func theSchemaMatchesTheCommand(_ name: String) throws {
        let command = try #require(CommandTable.all.first { $0.name == name })
        let schema = try Self.schema(name)
        #expect(schema.name == name)
        #expect(schema.scope == command.scope.rawValue)
        #expect(schema.mutation == command.isMutation)
        #expect(schema.params.additionalProperties == false)
        #expect(Set(schema.params.properties?.keys ?? [:].keys) == Set(Self.parameterNames(command)))
    }

    private static func parameterNames<C: Command>(_ command: C.Type) -> [String] { command.parameterNames }
}
