import ArgumentParser

@main
struct Adminctl: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "adminctl",
        abstract: "Ask schemad about a database, repair it, run its migrations.",
        discussion: """
            EXAMPLES
              adminctl diagnose              what is wrong, why, and what to do
              adminctl fixVersion            what a repair would change
              adminctl fixVersion --apply    repair the version table
              adminctl align                 what columns could be put back
              adminctl migrate               run pending migrations, once
              adminctl verify || exit 1      in a start script
              adminctl explain CODE          what a finding means
              adminctl --json diagnose       for programs

            The admin socket asks for a key; `adminctl key new` makes one.
            Completions: adminctl --generate-completion-script bash|zsh|fish

            EXIT STATUS
              0 healthy, done or planned; 1 unhealthy, may not start, refused
              or failed; 64 wrong usage; others as in sysexits.h (69 not
              available, 75 try again, 77 not allowed, 78 configuration).
            """,
        version: "adminctl 0.1.0",
        subcommands: [
            StatusCommand.self, DiagnoseCommand.self, VerifyCommand.self, GraphCommand.self, PlanCommand.self,
            FixVersionCommand.self, AlignCommand.self, MigrateCommand.self, JobsCommand.self, WatchCommand.self,
            ExplainCommand.self,
            KeyCommand.self, TokenCommand.self,
        ])

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() throws { throw ValidationError("a command is missing") }

    static func main() { Invocation.run(self) }
}
