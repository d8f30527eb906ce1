import Testing
import Wire

@testable import Agent

/// The agent implements exactly the commands of the protocol.
@Suite struct CommandTableTests {
    @Test func eachDeclarationHasOneHandlerOfTheSameScope() {
        let declared = CommandTable.all.map { "\($0.name) \($0.scope.rawValue)" }.sorted()
        let handled = Serve.commands.map { "\($0.name) \($0.scope.rawValue)" }.sorted()
        #expect(declared == handled)
        #expect(declared.count == 11)
    }

    @Test(arguments: [
        ("status", "read"), ("diagnose", "read"), ("verify", "read"), ("graph", "read"), ("plan", "plan"),
        ("fixVersion", "repair"), ("migrate", "migrate"), ("cancel", "migrate"), ("jobs", "read"), ("watch", "read"),
    ]) func theContractsScopes(name: String, scope: String) throws {
        let command = try #require(CommandTable.all.first { $0.name == name })
        #expect(command.scope.rawValue == scope)
    }
}
