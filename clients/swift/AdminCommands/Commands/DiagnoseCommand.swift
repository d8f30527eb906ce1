import AgentClient
import ArgumentParser
import Diagnosis
import Files
import FoundationEssentials
import Glibc
import Schema
import Terminal
import Text
import Wire

struct DiagnoseCommand: AgentCommand {
    static let configuration = CommandConfiguration(
        commandName: Diagnose.name, abstract: "Show the state of a database, the evidence for it, and what to do.",
        usage: "adminctl diagnose [<options>]",
        discussion: """
            EXAMPLES
              adminctl diagnose
              adminctl --database main diagnose --fresh
              adminctl diagnose --strict     in CI: warnings fail too
              adminctl diagnose --write-baseline schema.baseline.json

            Exit status: 0 when healthy, 1 when not.
            """)

    @OptionGroup(title: "Global options") var options: GlobalOptions

    @Flag(help: "Read the database now instead of accepting facts up to 1 s old.")
    var fresh = false

    @Flag(help: "Print everything: all evidence, however long, all revisions, and all lists of objects.")
    var all = false

    @Flag(help: "Exit with 1 for warnings too.")
    var strict = false

    @Option(
        help: ArgumentHelp(
            "Accept the current differences: write them to this file, for `baseline` in the agent's settings.",
            valueName: "file"), completion: .file())
    var writeBaseline: String?

    @Option(help: "A note for the readers of that file.")
    var note = ""

    func validate() throws {
        if writeBaseline == nil, !note.isEmpty { throw ValidationError("--note requires --write-baseline") }
    }

    func execute(_ connection: AgentConnection, _ console: Console) throws(AgentClientError) -> Int32 {
        let answer = try connection.call(
            Diagnose.self, .init(maxAgeMs: fresh || writeBaseline != nil ? 0 : nil, all: all ? true : nil),
            database: options.chosenDatabase)
        if let writeBaseline { return try accept(answer.value, in: writeBaseline, console) }
        if options.json { console.json(answer.json) } else { show(answer.value, console) }
        let hasWarning = answer.value.findings.contains { $0.severity == .warning }
        return answer.value.healthy && !(strict && hasWarning) ? 0 : 1
    }

    /// Writes the current differences and those that were accepted before.
    private func accept(_ result: Diagnose.Result, in path: String, _ console: Console) throws(AgentClientError)
        -> Int32
    {
        guard let differences = result.schema.differences else {
            throw .agent(
                WireError(
                    .precondition,
                    "the schema of database \(result.database) was not compared, so there is nothing to accept; see 'diagnose'"
                ))
        }
        if result.schema.omitted > 0 {
            throw .agent(
                WireError(
                    .precondition,
                    "\(result.schema.omitted) objects do not fit into the agent's response, so not all differences are "
                        + "known here; nothing was written: ignore some with the setting ignore first"))
        }
        let baseline = Baseline(
            accepting: differences + result.schema.accepted, createdAt: result.observedAt, note: note)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            let data = try encoder.encode(baseline) + Data("\n".utf8)
            try data.write(to: URL(filePath: path), options: .atomic)
        } catch {
            let cause = (error as? CocoaError)?.underlying as? POSIXError
            throw .file(path: path, reason: cause.map { SystemError.text($0.code.rawValue) } ?? "\(error)")
        }
        if options.json {
            console.json(["accepted": .integer(Int64(baseline.accepted.count)), "file": .string(path)])
        } else {
            let count = baseline.accepted.count
            console.line("\(count) difference\(count == 1 ? "" : "s") accepted in \(console.plain(path)).")
            console.line("To use it, set in [databases.\(console.plain(result.database))] of the agent's settings:")
            console.line("    baseline = \"\(console.plain(path))\"")
        }
        return 0
    }

    private func show(_ result: Diagnose.Result, _ console: Console) {
        let style: Console.Style =
            !result.healthy ? .red : result.findings.contains { $0.severity == .warning } ? .yellow : .green
        console.line(
            "\(console.plain(result.database)): \(console.styled(result.verdict.rawValue, style, .bold))"
                + (result.healthy ? "" : ", not healthy"))
        if let meaning = result.verdict.meaning { console.line("  " + console.styled(meaning, .bold)) }
        var facts: [(String, String)] = [("rows", rows(result.versionTable, console))]
        if let revisions = result.revisions {
            facts.append(("heads", console.list(revisions.effectiveHeads)))
            facts.append(("pending", pending(revisions.pending, console)))
        } else {
            let isRunning = result.findings.contains { $0.code == "project.environmentRunning" }
            facts.append(("project", isRunning ? "is still being read" : "cannot be read"))
        }
        facts.append(("schema", schema(result)))
        if let server = result.server { facts.append(("server", "PostgreSQL " + console.plain(server.version))) }
        facts.append(("observed", "\(result.observedAt), \(TimeText.duration(result.ageMs)) ago"))
        console.facts(facts)
        let header = console.height(of: facts) + (result.verdict.meaning == nil ? 1 : 2)
        let lines = all ? nil : console.height.map { $0 - header }
        let isCut = console.findings(result.findings, room: lines)
        let lists = SchemaLists(result.schema)
        if all { console.lists(lists) }
        if isCut || !all && !lists.isEmpty {
            console.line(console.styled("Full output: ", .dim) + command("diagnose --all", console))
        }
    }

    /// A command line for the same database.
    private func command(_ arguments: String, _ console: Console) -> String {
        let database = options.chosenDatabase.map { " --database \(ShellWord.quoted($0))" } ?? ""
        return console.plain("adminctl\(database) \(arguments)")
    }

    private func rows(_ table: Diagnose.VersionTable, _ console: Console) -> String {
        let name = table.name.map { "  (\(console.plain((table.schema.map { $0 + "." } ?? "") + $0)))" } ?? ""
        switch table.state {
        case .missing: return "the version table is missing" + name
        case .denied: return "permission denied for the version table" + name
        case .notATable: return "the version table is not a table" + name
        default: return console.rows(table.rows) + name
        }
    }

    private func pending(_ pending: [String]?, _ console: Console) -> String {
        guard let pending else { return "not known" }
        guard !all, pending.count > 5, let last = pending.last else { return console.list(pending) }
        return "\(pending.count) revisions: \(console.list(Array(pending.prefix(3)))), …, \(console.plain(last))"
    }

    private func schema(_ result: Diagnose.Result) -> String {
        guard let match = result.schemaMatch, let differences = result.schema.differences else { return "not compared" }
        // A fresh database has nothing that could differ.
        if result.verdict == .empty { return "nothing there yet" }
        let breaking = differences.count(where: \.breaking)
        let needsMore = result.findings.contains { $0.code == "schema.modelsNeedMore" }
        var parts = [
            match
                ? needsMore ? "the models need more than it has" : "has everything that the models need"
                : "\(count(breaking, "difference")) that break\(breaking == 1 ? "s" : "") the models"
        ]
        if differences.count > breaking {
            parts.append(count(differences.count - breaking, breaking == 0 ? "difference" : "other"))
        }
        if !result.schema.accepted.isEmpty { parts.append("\(result.schema.accepted.count) accepted") }
        if !result.schema.ignored.isEmpty { parts.append("\(result.schema.ignored.count) ignored") }
        if !result.schema.unmanaged.isEmpty { parts.append("\(result.schema.unmanaged.count) unmanaged") }
        if !result.schema.advice.isEmpty { parts.append("\(result.schema.advice.count) for developers") }
        return parts.joined(separator: ", ")
    }

    private func count(_ number: Int, _ what: String) -> String {
        "\(number) \(what)\(number == 1 ? "" : "s")"
    }
}
