import AgentClient
import ArgumentParser
import Diagnosis
import Wire

struct DiagnoseCommand: AgentCommand {
    static let configuration = CommandConfiguration(
        commandName: Diagnose.name, abstract: "Say what state a database is in, on what evidence, and what to do.",
        discussion: """
            EXAMPLES
              adminctl diagnose
              adminctl --database main diagnose --fresh
              adminctl diagnose --strict     in CI: warnings fail too

            Exit status: 0 when healthy, 1 when not.
            """)

    @OptionGroup(title: "Global options") var options: GlobalOptions

    @Flag(help: "Ask the database now instead of accepting an answer that is up to a second old.")
    var fresh = false

    @Flag(help: "Exit with 1 for warnings too.")
    var strict = false

    func execute(_ connection: AgentConnection, _ console: Console) throws(ClientError) -> Int32 {
        let answer = try connection.call(
            Diagnose.self, .init(maxAgeMs: fresh ? 0 : nil), database: options.chosenDatabase)
        if options.json { console.json(answer.json) } else { show(answer.value, console) }
        let hasWarning = answer.value.findings.contains { $0.severity == .warning }
        return answer.value.healthy && !(strict && hasWarning) ? 0 : 1
    }

    private func show(_ result: Diagnose.Result, _ console: Console) {
        let style: Console.Style =
            !result.healthy ? .red : result.findings.contains { $0.severity == .warning } ? .yellow : .green
        console.line(
            "\(console.plain(result.database)): \(console.styled(result.verdict.rawValue, style, .bold))"
                + (result.healthy ? "" : ", not healthy"))
        var facts: [(String, String)] = [("rows", rows(result.versionTable, console))]
        if let revisions = result.revisions {
            facts.append(("heads", console.list(revisions.effectiveHeads)))
            facts.append(("pending", pending(revisions.pending, console)))
        } else {
            facts.append(("project", "cannot be read"))
        }
        facts.append(("schema", schema(result)))
        if let server = result.server { facts.append(("server", "PostgreSQL " + console.plain(server.version))) }
        facts.append(("observed", "\(result.observedAt), \(TimeText.duration(result.ageMs)) ago"))
        console.facts(facts)
        console.findings(result.findings)
    }

    private func rows(_ table: Diagnose.VersionTable, _ console: Console) -> String {
        let name = table.name.map { "  (\(console.plain((table.schema.map { $0 + "." } ?? "") + $0)))" } ?? ""
        switch table.state {
        case .missing: return "the version table is missing" + name
        case .denied: return "the version table may not be read" + name
        case .notATable: return "the version table is no table" + name
        default: return console.rows(table.rows) + name
        }
    }

    private func pending(_ pending: [String]?, _ console: Console) -> String {
        guard let pending else { return "not known" }
        guard pending.count > 5, let last = pending.last else { return console.list(pending) }
        return "\(pending.count) revisions: \(console.list(Array(pending.prefix(3)))), …, \(console.plain(last))"
    }

    private func schema(_ result: Diagnose.Result) -> String {
        guard let match = result.schemaMatch else { return "not compared" }
        guard !match else { return "has what the models need" }
        let differences = result.schema.differences?.count ?? 0
        return "\(differences) difference\(differences == 1 ? "" : "s") from the models"
    }
}
