import ArgumentParser

/// `hookbridge`: hands deploy hooks that arrive over HTTP to the agent.
@main
struct Hookbridge: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hookbridge",
        abstract: "Hands deploy hooks that arrive over HTTP to schemad.",
        subcommands: [ServeCommand.self])
}
