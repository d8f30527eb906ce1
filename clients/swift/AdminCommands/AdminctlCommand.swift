import ArgumentParser

/// The root of the command line; its subcommands do the work.
struct AdminctlCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "adminctl",
        abstract: "Diagnose databases, repair version tables and run migrations through schemad.",
        usage: "adminctl [<options>] <command> [<options>]",
        discussion: """
            EXAMPLES
              adminctl diagnose              what is wrong, why, and what to do
              adminctl fixVersion            plan a repair of the version table
              adminctl fixVersion --apply    repair the version table
              adminctl align                 plan to add missing columns
              adminctl migrate               run pending migrations, once
              adminctl verify || exit 1      in a start script
              adminctl explain CODE          what a finding means
              adminctl --json diagnose       output for programs

            The admin socket requires a key: `adminctl key new` creates one.
            Completions: adminctl --generate-completion-script bash|zsh|fish

            EXIT STATUS
              0 healthy, done or planned; 1 unhealthy, must not start, refused
              or failed; 64 wrong usage; others as in sysexits.h (69 not
              available, 75 try again, 77 not allowed, 78 configuration).
            """,
        version: "adminctl 0.1.0",
        subcommands: [
            StatusCommand.self, DiagnoseCommand.self, VerifyCommand.self, GraphCommand.self, PlanCommand.self,
            FixVersionCommand.self, AlignCommand.self, MigrateCommand.self, CancelCommand.self, JobsCommand.self,
            WatchCommand.self,
            ExplainCommand.self,
            KeyCommand.self, TokenCommand.self,
        ])

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() throws { throw ValidationError("a command is missing") }
}
