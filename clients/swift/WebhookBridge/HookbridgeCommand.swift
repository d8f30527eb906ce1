import ArgumentParser

/// The program `hookbridge`.
package enum Hookbridge {
    /// Runs the command that the process's arguments name, and exits with its status where that is not 0.
    package static func main() async {
        await HookbridgeCommand.main()
    }
}

struct HookbridgeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hookbridge",
        abstract: "Forward deploy hooks that arrive over HTTP to schemad.",
        subcommands: [ServeCommand.self])
}
