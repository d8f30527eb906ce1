/// A rule as data. Its check is made elsewhere: by the reader of the project's files, by the runner of env.py, or by
/// the revision graph. Each problem with this code becomes one finding; its location is evidence.
struct ProblemRule: Sendable {
    typealias Page = Rule.Page

    var code: String
    /// The first is that of a problem that blocks; any other problem is a warning.
    var severities: [Severity] = [.error]
    var verdict = Verdict.projectInvalid
    /// What `<place>` becomes when the problem has no file.
    var fallbackPlace = "env.py"
    /// Comes before the problem's own message; nil where that message is complete.
    var lead: String?
    var page: Page
    /// Line by line. `<place>` is the problem's file and line, `<database>` the database's name. A line that starts
    /// with `adminctl` gets the option that selects the database.
    var remedy: [String]

    func remedy(for problem: ProjectProblem, _ context: RuleContext) -> [String] {
        remedy.map { line in
            if line.hasPrefix("adminctl ") { return context.adminctl(String(line.dropFirst("adminctl ".count))) }
            return line.replacing("<database>", with: context.facts.database)
                .replacing("<place>", with: problem.place ?? fallbackPlace)
        }
    }
}

extension Rule {
    init(_ rule: ProblemRule) {
        self = .problem(
            rule.code, rule.verdict, lead: rule.lead, severities: rule.severities, page: rule.page,
            severity: { problem, _ in problem.isBlocking ? rule.severities.first : .warning },
            remedy: rule.remedy(for:_:))
    }

    /// A rule that passes on the problems with its code.
    ///
    /// - Parameters:
    ///   - lead: comes before the problem's own message; nil where that message is complete.
    ///   - severity: nil drops the finding.
    ///   - remedy: line by line.
    static func problem(
        _ code: String, _ verdict: Verdict, lead: String? = nil, severities: [Severity], page: Page,
        severity: @escaping @Sendable (ProjectProblem, RuleContext) -> Severity?,
        remedy: @escaping @Sendable (ProjectProblem, RuleContext) -> [String]
    ) -> Rule {
        Rule(code: code, severities: severities, page: page, passesOnProblems: true) { context, code in
            context.problems.filter { $0.code == code }.compactMap { problem in
                guard let severity = severity(problem, context) else { return nil }
                return RuleResult(problem, code, severity, verdict, lead: lead, remedy: remedy(problem, context))
            }
        }
    }
}

extension RuleResult {
    /// A problem with its own message and its place. A problem that is not an error does not make the project invalid.
    ///
    /// An exception's message may have many lines: the first is the message, the others are evidence.
    init(
        _ problem: ProjectProblem, _ code: String, _ severity: Severity, _ verdict: Verdict, lead: String? = nil,
        remedy: [String]
    ) {
        let lines = problem.message.split(whereSeparator: \.isNewline).map(String.init)
        var message = [lead, lines.first].compactMap(\.self).joined(separator: ": ")
        if !message.hasSuffix(".") { message += "." }
        self.init(
            code, severity, severity != .error && verdict == .projectInvalid ? .inSync : verdict, message,
            evidence: (problem.place.map { [$0] } ?? []) + lines.dropFirst() + problem.evidence, remedy: remedy)
    }
}

extension ProjectProblem {
    /// `file:line`, as editors accept it; nil when the problem has no file.
    var place: String? {
        file.map { file in line.map { "\(file):\($0)" } ?? file }
    }
}
