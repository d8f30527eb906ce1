import AgentClient
import ArgumentParser
import Wire

struct CancelCommand: AgentCommand {
    static let configuration = CommandConfiguration(
        commandName: Cancel.name, abstract: "End a job before its next statement.",
        usage: "adminctl cancel [<options>] <job>",
        discussion: """
            EXAMPLES
              adminctl cancel JOB
              adminctl cancel --now JOB          also the statement that is running

            What the job has committed stays; the rest is rolled back.
            Exit status: 0 when the job was cancelled, 1 when it ended in another way before.
            """)

    @OptionGroup(title: "Global options") var options: GlobalOptions

    @Argument(help: "The job's id.") var job: String

    @Flag(help: "Cancel the statement that is running, too; a COMMIT is left alone.")
    var now = false

    func execute(_ connection: AgentConnection, _ console: Console) throws(AgentClientError) -> Int32 {
        let answer = try connection.call(Cancel.self, .init(job: job, now: now ? true : nil))
        if options.json { console.json(answer.json) } else { console.job(answer.value) }
        return answer.value.state == .cancelled ? 0 : 1
    }
}
