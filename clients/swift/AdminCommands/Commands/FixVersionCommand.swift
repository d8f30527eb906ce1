import AgentClient
import ArgumentParser
import Diagnosis
import Terminal
import Text
import Wire

struct FixVersionCommand: AgentCommand {
    static let configuration = CommandConfiguration(
        commandName: FixVersion.name, abstract: "Repair the version table, or undo a repair.",
        usage: "adminctl fixVersion [<options>]",
        discussion: """
            EXAMPLES
              adminctl fixVersion              show the plan; nothing is changed
              adminctl fixVersion --apply
              adminctl fixVersion --apply --to 4f2a91c0d7be
                                               choose the rows if the plan is
                                               ambiguous
              adminctl fixVersion --undo ID    if nothing has changed since

            Exit status: 0 planned, applied, undone or nothing to do;
            1 ambiguous or refused.
            """,
        aliases: ["fix-version"])

    @OptionGroup(title: "Global options") var options: GlobalOptions

    @Flag(help: "Change the table. Without it, only show the plan.")
    var apply = false

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("The rows that the table must have afterwards.", valueName: "revision"))
    var to: [String] = []

    @Option(help: ArgumentHelp("Apply only if this plan is still current.", valueName: "id"))
    var plan: String?

    @Option(help: ArgumentHelp("The id of the repair to undo.", valueName: "id"))
    var undo: String?

    func validate() throws {
        if undo != nil, apply || !to.isEmpty || plan != nil {
            throw ValidationError("--undo cannot be combined with --apply, --to or --plan")
        }
    }

    func execute(_ connection: AgentConnection, _ console: Console) throws(AgentClientError) -> Int32 {
        let answer = try connection.call(
            FixVersion.self, .init(apply: apply, to: to.isEmpty ? nil : to, plan: plan, undo: undo),
            database: options.chosenDatabase, patience: nil)
        if options.json { console.json(answer.json) } else { show(answer.value, console) }
        switch answer.value.state {
        case .planned, .applied, .nothingToDo, .undone: return 0
        case .ambiguous, .refused: return 1
        }
    }

    private func show(_ result: FixVersion.Result, _ console: Console) {
        console.line(headline(result.state, console))
        let isUnchanged = result.state == .refused || result.state == .ambiguous
        console.facts([
            ("before", result.before.map { console.rows($0) } ?? "the version table is missing"),
            ("after", isUnchanged ? "unchanged" : console.rows(result.after)),
        ])
        var changes = Table()
        for change in result.changes {
            let row = change.action == "insert" ? "" : console.rows([change.row])
            let target = change.to.map { "→ " + console.plain($0) } ?? ""
            changes.add([console.plain(change.action), row, target, console.plain(change.reason)])
        }
        if !changes.isEmpty { console.line() }
        console.table(changes)
        for candidate in result.candidates {
            console.line()
            let matching = candidate.matching == 1 ? "1 relation matches" : "\(candidate.matching) relations match"
            console.line("  candidate \(console.list(candidate.rows)): \(matching)")
            for object in candidate.contradicting {
                console.line("    contradicted by: \(console.prose(object, indent: 6))")
            }
        }
        if !result.sql.isEmpty { console.line() }
        for statement in result.sql { console.line("  " + console.styled(SafeText.sql(statement) + ";", .dim)) }
        if let reason = result.reason {
            console.line()
            console.line("  " + console.prose(reason, indent: 2))
        }
        if result.state == .planned {
            console.line()
            let plan = result.plan.map { " --plan " + console.plain($0) } ?? ""
            let rows = to.isEmpty ? "" : " --to " + to.map(console.plain).joined(separator: " ")
            console.line("Nothing was changed. Apply it: \(options.commandLine("fixVersion --apply\(plan)\(rows)"))")
        } else if result.state == .applied, let repair = result.repair {
            console.line()
            console.line("Undo it: \(options.commandLine("fixVersion --undo \(console.plain(repair))"))")
        }
    }

    private func headline(_ state: FixVersion.State, _ console: Console) -> String {
        switch state {
        case .planned: console.styled("planned", .yellow, .bold)
        case .applied: console.styled("applied", .green, .bold)
        case .nothingToDo:
            console.styled("nothing to do", .green, .bold) + ", the version table needs no repair"
        case .undone: console.styled("undone", .green, .bold)
        case .ambiguous: console.styled("ambiguous", .red, .bold) + ", nothing was changed"
        case .refused: console.styled("refused", .red, .bold) + ", nothing was changed"
        }
    }
}
