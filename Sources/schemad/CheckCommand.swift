import Agent
import ArgumentParser

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-config", abstract: "Check the settings and the files they name, without starting anything.",
        discussion: "Exit status 0 when `serve` would accept them, 78 with one line that names file, line and key.")

    @Option(help: "The settings file.") var config = "/etc/schemad/schemad.toml"

    func run() throws {
        let databases = try AgentSettings.read(path: config).checkFiles()
        print("\(config): ok, \(databases.count) database(s): \(databases.joined(separator: ", "))")
    }
}
