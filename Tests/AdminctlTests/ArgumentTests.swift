import ArgumentParser
import Testing

@testable import AdminCommands

@Suite struct ArgumentTests {
    @Test(arguments: [
        ["--database", "main", "diagnose", "--fresh"], ["diagnose", "--fresh", "--database", "main"],
        ["diagnose", "--database=main", "--fresh"],
    ]) func globalOptionsMayBeAnywhere(_ arguments: [String]) throws {
        let command = try #require(try AdminctlCommand.parseAsRoot(arguments) as? DiagnoseCommand)
        #expect(command.options.database == "main" && command.fresh && !command.options.json)
    }

    @Test(arguments: ["fixVersion", "fix-version"]) func bothSpellings(_ name: String) throws {
        let arguments = [name, "--to", "a", "b", "--apply", "--json"]
        let command = try #require(try AdminctlCommand.parseAsRoot(arguments) as? FixVersionCommand)
        #expect(command.to == ["a", "b"] && command.apply && command.options.json)
    }

    @Test func migrate() throws {
        let arguments = [
            "migrate", "--to", "a", "--to", "b", "--expect-from", "c", "d", "--plan", "p", "--deadline", "15m",
            "--no-wait",
            "--idempotency-key", "k",
        ]
        let command = try #require(try AdminctlCommand.parseAsRoot(arguments) as? MigrateCommand)
        #expect(command.to == ["a", "b"] && command.expectFrom == ["c", "d"] && command.plan == "p" && command.noWait)
        #expect(command.deadline?.milliseconds == 900_000 && command.idempotencyKey == "k")
    }

    @Test(arguments: [
        [], ["diagnos"], ["diagnose", "--frsh"], ["diagnose", "extra"], ["watch", "--after-sequence", "1"],
        ["migrate", "--deadline", "5"],
        ["fixVersion", "--undo", "a", "--apply"], ["jobs", "--state", "x"], ["key"], ["key", "new"],
        ["token", "--audience", "a", "--ttl", "301", "--key-file", "f"],
    ]) func wrongUsageIs64(_ arguments: [String]) {
        do {
            var command = try AdminctlCommand.parseAsRoot(arguments)
            try command.run()
            Issue.record("accepted")
        } catch {
            #expect(AdminctlCommand.exitCode(for: error).rawValue == 64)
        }
    }
}
