import ArgumentParser

struct KeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "Make keys; offline.", subcommands: [KeyNewCommand.self])

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() throws { throw ValidationError("a command is missing: adminctl key new") }
}
