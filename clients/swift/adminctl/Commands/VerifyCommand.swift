import AgentClient
import ArgumentParser
import Wire

struct VerifyCommand: AgentCommand {
    static let configuration = CommandConfiguration(
        commandName: Verify.name, abstract: "Say whether an application may start on a database.",
        discussion: """
            EXAMPLES
              adminctl verify
              adminctl verify --heads 4f2a91c0d7be    the image's own heads

            Exit status: 0 when it may start, 1 when not.
            """)

    @OptionGroup(title: "Global options") var options: GlobalOptions

    @Option(
        parsing: .upToNextOption, help: "The effective heads of the image; default: those of the agent's project.")
    var heads: [String] = []

    @Option(help: "The live schema's, as 'adminctl watch' tells it: any DDL since is drift.")
    var fingerprint: String?

    func execute(_ connection: AgentConnection, _ console: Console) throws(ClientError) -> Int32 {
        let answer = try connection.call(
            Verify.self, .init(heads: heads.isEmpty ? nil : heads, fingerprint: fingerprint),
            database: options.chosenDatabase)
        let result = answer.value
        if options.json {
            console.json(answer.json)
        } else {
            let verdict = console.styled(result.verdict.rawValue, result.mayStart ? .green : .red, .bold)
            console.line("\(verdict), \(result.mayStart ? "may start" : "must not start")")
            console.facts([
                ("rows", console.rows(result.rows)), ("heads", console.list(result.heads)),
                ("observed", result.ageMs.map { TimeText.duration($0) + " ago" } ?? "never"),
            ])
            if !result.mayStart { console.line(next(result.verdict)) }
        }
        return result.mayStart ? 0 : 1
    }

    private func next(_ verdict: Verify.Verdict) -> String {
        let why = "What is wrong, and what to do: \(options.commandLine("diagnose"))"
        guard verdict == .drifted, fingerprint != nil else { return why }
        return why
            + "\nWhere the DDL was meant, the fingerprint of the schema as it is now: \(options.commandLine("watch"))"
    }
}
