import AgentClient
import ArgumentParser
import Glibc
import Terminal
import Text
import Wire

struct VerifyCommand: AgentCommand {
    static let configuration = CommandConfiguration(
        commandName: Verify.name, abstract: "Check whether an application may start on a database.",
        usage: "adminctl verify [<options>]",
        discussion: """
            EXAMPLES
              adminctl verify
              adminctl verify --heads 4f2a91c0d7be    the image's own heads

            Exit status: 0 when it may start, 1 when it must not, 75 when the
            agent is still reading the project: try again.
            """)

    @OptionGroup(title: "Global options") var options: GlobalOptions

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "The effective heads of the image; default: those of the agent's project.", valueName: "revision"))
    var heads: [String] = []

    @Option(help: "The live schema's fingerprint, as 'adminctl watch' shows it: any DDL since is drift.")
    var fingerprint: String?

    func execute(_ connection: AgentConnection, _ console: Console) throws(AgentClientError) -> Int32 {
        let start = ContinuousClock.now
        let answer = try connection.call(
            Verify.self, .init(heads: heads.isEmpty ? nil : heads, fingerprint: fingerprint),
            database: options.chosenDatabase, patience: .seconds(30))
        let result = answer.value
        let isReading = result.reading ?? false
        if options.json {
            console.json(answer.json)
        } else if isReading {
            console.line("\(console.styled("not known yet", .yellow, .bold)), must not start")
            console.line("  " + Self.readingText(result, waited: ContinuousClock.now - start))
            console.line("Try again: \(options.commandLine("verify\(arguments)"))")
        } else {
            let verdict = console.styled(result.verdict.rawValue, result.mayStart ? .green : .red, .bold)
            console.line("\(verdict), \(result.mayStart ? "may start" : "must not start")")
            console.facts([
                ("rows", console.rows(result.rows)), ("heads", console.list(result.heads)),
                ("observed", result.ageMs.map { TimeText.duration($0) + " ago" } ?? "never"),
            ])
            if let warning = result.warning {
                console.line((result.mayStart ? "warning: " : "") + console.prose(warning, indent: 2))
            }
            if !result.mayStart { console.line(next(result.verdict)) }
        }
        return result.mayStart ? 0 : isReading ? EX_TEMPFAIL : 1
    }

    /// The reason why there is no verdict yet, with the state that the agent knew before.
    ///
    /// - Parameter waited: how long the agent tried to read before it responded.
    static func readingText(_ result: Verify.Result, waited: Duration) -> String {
        let milliseconds = waited.components.seconds * 1000 + waited.components.attoseconds / 1_000_000_000_000_000
        let known = result.ageMs.map { "\(result.verdict.rawValue), \(TimeText.duration($0)) ago" } ?? "none"
        return
            "the agent is still reading the project (\(TimeText.duration(milliseconds))); newest known state: \(known)"
    }

    /// The options of this command, quoted for a shell.
    private var arguments: String {
        let heads = heads.isEmpty ? "" : " --heads " + heads.map(ShellWord.quoted).joined(separator: " ")
        return heads + (fingerprint.map { " --fingerprint " + ShellWord.quoted($0) } ?? "")
    }

    private func next(_ verdict: Verify.Verdict) -> String {
        let why = "To see what is wrong and what to do: \(options.commandLine("diagnose"))"
        guard verdict == .drifted, fingerprint != nil else { return why }
        return why
            + "\nIf the DDL was intended, get the new fingerprint: \(options.commandLine("watch"))"
    }
}
