import AgentClient
import ArgumentParser
import Diagnosis
import Terminal
import Wire

struct PlanCommand: AgentCommand {
    static let configuration = CommandConfiguration(
        commandName: Plan.name, abstract: "Show what `migrate` would run.",
        usage: "adminctl plan [<options>]",
        discussion: "EXAMPLES\n  adminctl plan\n  adminctl plan --to 4f2a91c0d7be")

    @OptionGroup(title: "Global options") var options: GlobalOptions

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Targets in Alembic's syntax: ids, labels, heads (default).", valueName: "target"))
    var to: [String] = []

    func execute(_ connection: AgentConnection, _ console: Console) throws(AgentClientError) -> Int32 {
        let answer = try connection.call(
            Plan.self, .init(to: to.isEmpty ? nil : to), database: options.chosenDatabase)
        guard !options.json else {
            console.json(answer.json)
            return 0
        }
        let plan = answer.value
        let count = plan.revisions.count
        console.line(
            console.styled(count == 0 ? "nothing to run" : "\(count) revision\(count == 1 ? "" : "s") to run", .bold))
        console.facts([("from", console.list(plan.from)), ("to", console.list(plan.to))])
        var table = Table()
        for (index, step) in plan.revisions.enumerated() {
            table.add([
                "\(index + 1).", console.plain(step.id), console.plain(step.doc),
                step.file.isEmpty ? "" : "(\(console.plain(step.file)))",
            ])
        }
        if !table.isEmpty { console.line() }
        console.table(table)
        console.findings(plan.findings)
        if count > 0 {
            console.line()
            let fails = plan.findings.contains { $0.severity == .error }
            console.line(
                fails
                    ? "First resolve the errors above."
                    : "Run exactly this: \(options.commandLine("migrate --plan \(console.plain(plan.plan))"))")
        }
        return 0
    }
}
