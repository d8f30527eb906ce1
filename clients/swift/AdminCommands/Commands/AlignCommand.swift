import AgentClient
import ArgumentParser
import Diagnosis
import Text
import Wire

struct AlignCommand: AgentCommand {
    static let configuration = CommandConfiguration(
        commandName: Align.name, abstract: "Add columns that migrations created and the database lacks.",
        usage: "adminctl align [<options>]",
        discussion: """
            EXAMPLES
              adminctl align              show the plan; nothing is changed
              adminctl align --apply

            Columns are added as nullable, without a default, and with a lock
            timeout. Columns that only the models have need a new revision.

            Exit status: 0 planned, applied or nothing to do.
            """)

    @OptionGroup(title: "Global options") var options: GlobalOptions

    @Flag(help: "Change the tables. Without it, only show the plan.")
    var apply = false

    @Option(help: ArgumentHelp("Apply only if this plan is still current.", valueName: "id"))
    var plan: String?

    func execute(_ connection: AgentConnection, _ console: Console) throws(AgentClientError) -> Int32 {
        let answer = try connection.call(
            Align.self, .init(apply: apply, plan: plan), database: options.chosenDatabase, patience: nil)
        if options.json { console.json(answer.json) } else { show(answer.value, console) }
        return 0
    }

    private func show(_ result: Align.Result, _ console: Console) {
        console.line(headline(result, console))
        for statement in result.sql { console.line("  " + console.styled(SafeText.sql(statement) + ";", .dim)) }
        for advice in result.advice {
            console.line("note: \(console.plain(advice.object)): \(console.prose(advice.reason, indent: 2))")
        }
        if result.state == .planned {
            console.line()
            let plan = result.plan.map { " --plan " + console.plain($0) } ?? ""
            console.line("Nothing was changed. Apply it: \(options.commandLine("align --apply\(plan)"))")
        }
    }

    private func headline(_ result: Align.Result, _ console: Console) -> String {
        let columns = "\(result.columns.count) column\(result.columns.count == 1 ? "" : "s")"
        return switch result.state {
        case .planned: console.styled("planned", .yellow, .bold) + ", \(columns) to add"
        case .applied: console.styled("applied", .green, .bold) + ", \(columns) added"
        case .nothingToDo:
            console.styled("nothing to do", .green, .bold) + ", no column that migrations created is missing"
        }
    }
}
