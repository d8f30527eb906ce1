import AgentClient
import ArgumentParser
import Diagnosis
import Wire

struct AlignCommand: AgentCommand {
    static let configuration = CommandConfiguration(
        commandName: Align.name, abstract: "Plan or add columns that the migrations made and the database lacks.",
        discussion: """
            EXAMPLES
              adminctl align              what would be added; nothing is changed
              adminctl align --apply

            Columns are added nullable and without a default, with a lock timeout.
            What only the models have is for a revision to add.

            Exit status: 0 planned, applied or nothing to do.
            """)

    @OptionGroup(title: "Global options") var options: GlobalOptions

    @Flag(help: "Change the tables; without it, only say what would change.")
    var apply = false

    @Option(help: "Apply only while this plan still holds.")
    var plan: String?

    func execute(_ connection: AgentConnection, _ console: Console) throws(ClientError) -> Int32 {
        let answer = try connection.call(
            Align.self, .init(apply: apply, plan: plan), database: options.chosenDatabase, patience: nil)
        if options.json { console.json(answer.json) } else { show(answer.value, console) }
        return 0
    }

    private func show(_ result: Align.Result, _ console: Console) {
        console.line(headline(result, console))
        for statement in result.sql { console.line("  " + console.styled(TerminalText.sql(statement) + ";", .dim)) }
        for advice in result.advice {
            console.line("note: \(console.plain(advice.object)): \(console.plain(advice.reason))")
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
            console.styled("nothing to do", .green, .bold) + ", no column that the migrations made is missing"
        }
    }
}
