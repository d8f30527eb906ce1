import Revisions
import Support
import Wire

/// Compares `schemad graph` with Alembic for one project.
struct ProjectComparison {
    private let truth: ReferenceProject
    private let subject: Oracle.Subject
    private let outcome: Program.Outcome
    private let json: JSON?

    /// Runs `schemad graph`.
    init(_ truth: ReferenceProject, _ subject: Oracle.Subject) async throws {
        self.truth = truth
        self.subject = subject
        outcome = try await Program.run(
            try Products.path("schemad"),
            ["graph", "--json", "--project", truth.folder, "--python", TestPython.interpreter] + truth.arguments,
            environment: ["ALEMBIC_CONFIG": nil, "VIRTUAL_ENV": nil])
        json = try? JSON.parse(Array(outcome.standardOutput.utf8))
    }

    /// The difference from Alembic; nil for none.
    func disagreement() -> Disagreement? {
        if truth.areSettingsRefused { return compareSettings() }
        if truth.fault != nil { return compareFault() }
        guard let facts = truth.facts else { return compareRefusal() }
        return outcome.status == 0 ? compareOutput(facts) : found("the project", "accepted", summary)
    }

    /// Whether the program read the project and reported problems of its scripts.
    var isRefusedForItsScripts: Bool { outcome.status == 1 && json != nil }

    private func found(_ question: String, _ alembic: String, _ schemad: String) -> Disagreement {
        Disagreement(
            subject: subject, number: truth.number, question: question, alembic: alembic, schemad: schemad,
            about: "'\(truth.layout)', fault: \(truth.fault ?? "none"); --into DIR writes the project to DIR")
    }

    /// Exit status, problems and errors.
    private var summary: String {
        let problems = json.map { Self.text($0["problems"]) } ?? outcome.standardOutput
        return "exit \(outcome.status): \(problems) \(outcome.standardError)"
    }

    private static func text(_ json: JSON?) -> String {
        String(decoding: (json ?? .null).encoded(), as: UTF8.self)
    }

    private var problems: [(code: String?, file: String?)] {
        (json?["problems"]?.arrayValue ?? []).map { ($0["code"]?.stringValue, $0["file"]?.stringValue) }
    }

    // MARK: Comparisons

    private func compareOutput(_ facts: ReferenceProject.Facts) -> Disagreement? {
        guard let json, let output = GraphOutput(json) else {
            return found("the project", "accepted", summary)
        }
        if let (name, alembic, schemad) = GraphOutput(facts).difference(from: output) {
            return found(name, alembic, schemad)
        }
        let numbers = RevisionNumbers(facts.ids)
        var seen = 0
        for id in json["order"]?.arrayValue ?? [] {
            guard let number = numbers.number(id.stringValue ?? ""), facts.ancestors[number] & ~seen == 0 else {
                return found("order", "parents come first", Self.text(json["order"]))
            }
            seen |= 1 << number
        }
        return seen == (1 << facts.ids.count) - 1 ? nil : found("order", "all ids", Self.text(json["order"]))
    }

    /// The project has no deliberate fault, but Alembic refuses it, for example because the settings split a path.
    private func compareRefusal() -> Disagreement? {
        let code = truth.refusal?.problemCode
        let isSame = outcome.status == 1 && problems.contains { $0.code == code }
        return isSame ? nil : found("the project", truth.refusal?.description ?? "", summary)
    }

    private func compareFault() -> Disagreement? {
        guard let fault = truth.fault, let code = Self.codes[fault] else {
            return found("the kind of the fault", truth.fault ?? "", "not in the table")
        }
        let isReported = problems.contains { $0.code == code && $0.file == truth.culprit }
        let isFault = truth.refusal != nil || Self.accepted.contains(fault)
        return isReported && isFault && outcome.status == 1
            ? nil : found("\(code) in \(truth.culprit ?? "")", truth.refusal?.description ?? "accepted", summary)
    }

    private func compareSettings() -> Disagreement? {
        let isReported = outcome.status == 78 && outcome.standardOutput.isEmpty && !outcome.standardError.isEmpty
        return isReported ? nil : found("the settings", truth.refusal?.description ?? "", summary)
    }

    /// Faults that Alembic accepts, although the project cannot be upgraded.
    private static let accepted: Set = [
        "revision is bytes", "revision is a tuple", "revision is empty", "label is a number",
    ]

    /// The expected code of each fault in a script.
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
