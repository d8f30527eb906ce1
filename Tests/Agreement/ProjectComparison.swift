import Revisions
import Support
import Wire

/// `schemad graph` held against Alembic, for one project.
struct ProjectComparison {
    private let truth: ProjectTruth
    private let subject: Oracle.Subject
    private let outcome: Program.Outcome
    private let json: JSON?

    /// Runs the program.
    init(_ truth: ProjectTruth, _ subject: Oracle.Subject) async throws {
        self.truth = truth
        self.subject = subject
        outcome = try await Program.run(
            try Products.path("schemad"),
            ["graph", "--json", "--project", truth.folder, "--python", TestPython.interpreter] + truth.arguments,
            environment: ["ALEMBIC_CONFIG": nil, "VIRTUAL_ENV": nil])
        json = try? JSON.parse(Array(outcome.standardOutput.utf8))
    }

    /// What is not as Alembic has it; nil when all is.
    func difference() -> Difference? {
        if truth.areSettingsRefused { return differenceInSettings() }
        if truth.fault != nil { return differenceInFault() }
        guard let facts = truth.facts else { return differenceInRefusal() }
        return outcome.status == 0 ? differenceInAnswer(facts) : found("the project", "takes it", said)
    }

    /// Whether the program read the project, and found its scripts unusable.
    var isRefusedForItsScripts: Bool { outcome.status == 1 && json != nil }

    private func found(_ question: String, _ alembic: String, _ schemad: String) -> Difference {
        Difference(
            subject: subject, number: truth.number, question: question, alembic: alembic, schemad: schemad,
            about: "'\(truth.layout)', fault: \(truth.fault ?? "none"); with --into DIR it is written there")
    }

    /// The answer in few words.
    private var said: String {
        let problems = json.map { Self.text($0["problems"]) } ?? outcome.standardOutput
        return "exit \(outcome.status): \(problems) \(outcome.standardError)"
    }

    private static func text(_ json: JSON?) -> String {
        String(decoding: (json ?? .null).encoded(), as: UTF8.self)
    }

    private var problems: [(code: String?, file: String?)] {
        (json?["problems"]?.arrayValue ?? []).map { ($0["code"]?.stringValue, $0["file"]?.stringValue) }
    }

    // MARK: What is compared

    private func differenceInAnswer(_ facts: ProjectTruth.Facts) -> Difference? {
        guard let json, let answer = ProjectAnswer(json) else {
            return found("the project", "takes it", said)
        }
        if let (name, alembic, schemad) = ProjectAnswer(facts).difference(from: answer) {
            return found(name, alembic, schemad)
        }
        let numbering = Numbering(facts.ids)
        var seen = 0
        for id in json["order"]?.arrayValue ?? [] {
            guard let number = numbering.number(id.stringValue ?? ""), facts.ancestors[number] & ~seen == 0 else {
                return found("order", "parents come first", Self.text(json["order"]))
            }
            seen |= 1 << number
        }
        return seen == (1 << facts.ids.count) - 1 ? nil : found("order", "all ids", Self.text(json["order"]))
    }

    /// Without a fault on purpose: paths that the settings cut in two, for example.
    private func differenceInRefusal() -> Difference? {
        let code = truth.refusal?.problemCode
        let isSame = outcome.status == 1 && problems.contains { $0.code == code }
        return isSame ? nil : found("the project", truth.refusal?.description ?? "", said)
    }

    private func differenceInFault() -> Difference? {
        guard let fault = truth.fault, let code = Self.codes[fault] else {
            return found("the kind of the fault", truth.fault ?? "", "not in the table")
        }
        let isSaid = problems.contains { $0.code == code && $0.file == truth.culprit }
        let isFault = truth.refusal != nil || Self.taken.contains(fault)
        return isSaid && isFault && outcome.status == 1
            ? nil : found("\(code) in \(truth.culprit ?? "")", truth.refusal?.description ?? "takes it", said)
    }

    private func differenceInSettings() -> Difference? {
        let isSaid = outcome.status == 78 && outcome.standardOutput.isEmpty && !outcome.standardError.isEmpty
        return isSaid ? nil : found("the settings", truth.refusal?.description ?? "", said)
    }

    /// What Alembic takes, although such a project cannot be upgraded.
    private static let taken: Set = [
        "revision is bytes", "revision is a tuple", "revision is empty", "label is a number",
    ]

    /// What is said of each fault in a script.
    private static let codes = [
        "no revision": GraphProblem.Code.unreadable, "no down_revision": GraphProblem.Code.unreadable,
        "revision is a number": GraphProblem.Code.unreadable, "revision is None": GraphProblem.Code.unreadable,
        "revision is bytes": GraphProblem.Code.unreadable, "revision is a tuple": GraphProblem.Code.unreadable,
        "revision is empty": GraphProblem.Code.unreadable, "down_revision is empty": GraphProblem.Code.missingParent,
        "down_revision is a number": GraphProblem.Code.unreadable, "label is a number": GraphProblem.Code.unreadable,
        "a base with an empty dependency": GraphProblem.Code.missingParent,
        "a forbidden character": GraphProblem.Code.unreadable, "a missing parent": GraphProblem.Code.missingParent,
        "a missing dependency": GraphProblem.Code.missingParent, "a loop": GraphProblem.Code.cycle,
        "a label of another": GraphProblem.Code.duplicateId, "an open bracket": GraphProblem.Code.unreadable,
        "an open string": GraphProblem.Code.unreadable, "a bad indent": GraphProblem.Code.unreadable,
        "an odd character": GraphProblem.Code.unreadable, "a NUL byte": GraphProblem.Code.unreadable,
        "bytes of no encoding": GraphProblem.Code.unreadable,
    ]
}
