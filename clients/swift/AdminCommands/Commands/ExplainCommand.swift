import ArgumentParser
import Diagnosis
import Terminal
import Text
import Wire

struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Explain a finding: problem, evidence and remedy. Needs no agent.",
        usage: "adminctl explain [<options>] [<code>]",
        discussion: """
            EXAMPLES
              adminctl explain version.rows.redundant
              adminctl explain                          all codes
            """)

    @OptionGroup(title: "Global options") var options: GlobalOptions

    @Argument(help: "The code, as `diagnose` prints it.", completion: .list(FindingCatalog.codes.sorted()))
    var code: String?

    func validate() throws {
        guard let code, FindingCatalog.rule(code) == nil else { return }
        let family = code.split(separator: ".").first.map(String.init) ?? ""
        let near = FindingCatalog.codes.filter { $0.hasPrefix(family + ".") }.sorted()
        let advice =
            near.isEmpty ? "'adminctl explain' lists all codes" : "similar codes: \(near.joined(separator: ", "))"
        throw ValidationError("no finding has the code '\(SafeText.visible(code))'; \(advice)")
    }

    func run() throws {
        let console = Console()
        if let rule = code.flatMap(FindingCatalog.rule) {
            if options.json { console.json(Self.json(rule)) } else { show(rule, console) }
            return
        }
        if options.json {
            console.json(.array(FindingCatalog.rules.map(Self.json)))
        } else {
            var table = Table()
            for rule in FindingCatalog.rules { table.add([rule.code, rule.page.title]) }
            console.table(table, indent: "")
        }
    }

    private func show(_ rule: Rule, _ console: Console) {
        console.line("\(console.styled(rule.code, .bold)): \(rule.page.title)")
        for (title, text) in [
            ("Problem", rule.page.problem), ("Evidence", rule.page.evidence), ("Remedy", rule.page.remedy),
        ] {
            console.line("\n" + console.styled(title, .bold))
            for line in ParagraphText.lines(text, width: min(console.columns ?? 80, 100)) { console.line(line) }
        }
    }

    private static func json(_ rule: Rule) -> JSON {
        [
            "code": .string(rule.code), "evidence": .string(rule.page.evidence), "problem": .string(rule.page.problem),
            "remedy": .string(rule.page.remedy), "title": .string(rule.page.title),
        ]
    }
}
