import AgentClient
public import ArgumentParser
import Terminal
import Text
public import Wire

struct JobsCommand: AgentCommand {
    static let configuration = CommandConfiguration(
        commandName: Jobs.name, abstract: "List jobs, newest first.",
        usage: "adminctl jobs [<options>]",
        discussion: "EXAMPLES\n  adminctl jobs\n  adminctl jobs --state failed --limit 5\n  adminctl jobs --id JOB")

    @OptionGroup(title: "Global options") var options: GlobalOptions

    @Option(help: "Only jobs in this state.")
    var state: JobState?

    @Option(
        help: ArgumentHelp(
            "At most this many jobs, 1 to 1000; default \(Jobs.Parameters.defaultLimit).", valueName: "number"))
    var limit: Int64?

    @Option(help: "Only this job.")
    var id: String?

    func execute(_ connection: AgentConnection, _ console: Console) throws(AgentClientError) -> Int32 {
        let answer = try connection.callAll(Jobs.self, .init(id: id, state: state, limit: limit))
        guard !options.json else {
            console.json(answer.json)
            return 0
        }
        guard !answer.value.jobs.isEmpty else {
            console.line("no jobs")
            return 0
        }
        var table = Table()
        for job in answer.value.jobs {
            let style: Console.Style = job.state == .succeeded ? .green : job.state.isFinal ? .red : .yellow
            let message = SafeText.oneLine(job.error?.message ?? "")
            let cells = [job.id, job.command, job.database ?? "", job.createdAt].map(console.plain) + [message]
            table.add([
                (cells[0], cells[0]), (job.state.rawValue, console.styled(job.state.rawValue, style)),
                (cells[1], cells[1]),
                (cells[2], cells[2]), (cells[3], cells[3]), (cells[4], cells[4]),
            ])
        }
        console.table(table, indent: "")
        if answer.value.nextCursor != nil { console.line(console.styled("There are more jobs: use --limit N.", .dim)) }
        return 0
    }
}

extension JobState: ExpressibleByArgument {}
