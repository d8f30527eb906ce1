import ArgumentParser

@main
struct Adminctl: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "adminctl",
        abstract: "Ask schemad about a database, repair its version table, run its migrations.",
        discussion: """
            EXAMPLES
              adminctl diagnose                       what is wrong, on what evidence, and what to do
              adminctl fixVersion                     what a repair of the version table would change
              adminctl fixVersion --apply             repair it
              adminctl migrate                        run pending migrations once, with progress
              adminctl verify || exit 1               in a start script: never migrate at boot
              adminctl --json diagnose | jq .verdict  for programs

            The agent's admin socket asks for a key; `adminctl key new` makes one. Completions for the shell:
            adminctl --generate-completion-script bash|zsh|fish.

            Exit status: 0 healthy, done or planned; 1 unhealthy, may not start, refused, or failed; 64 wrong usage;
            others as in sysexits.h (69 unavailable, 75 try again, 77 not allowed, 78 wrong configuration).
            """,
        version: "adminctl 0.1.0",
        subcommands: [
            StatusCommand.self, DiagnoseCommand.self, VerifyCommand.self, GraphCommand.self, PlanCommand.self,
            FixVersionCommand.self, MigrateCommand.self, JobsCommand.self, WatchCommand.self, KeyCommand.self,
            TokenCommand.self,
        ])

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() throws { throw ValidationError("a command is missing") }

    static func main() { Invocation.run(self) }
}
