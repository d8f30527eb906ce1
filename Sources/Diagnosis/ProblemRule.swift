extension Rule {
    /// A rule whose check has been made elsewhere: by the reader of the project's files, by the runner of its env.py,
    /// or by the graph. Each problem with this code becomes one finding; its location is evidence.
    ///
    /// - Parameters:
    ///   - lead: What the problem's own message explains; nil where that message says it all.
    ///   - severity: Nil drops the finding. What is fatal may depend on the situation.
    ///   - remedy: Line by line.
    static func problem(
        _ code: String, _ verdict: Verdict = .projectInvalid, lead: String? = nil, page: Page,
        severity: @escaping @Sendable (ProjectProblem, Situation) -> Severity? = { problem, _ in
            problem.isBlocking ? .error : .warning
        },
        remedy: @escaping @Sendable (ProjectProblem, Situation) -> [String]
    ) -> Rule {
        Rule(code: code, page: page, judgesProblems: true) { situation, code in
            situation.problems.filter { $0.code == code }.compactMap { problem in
                guard let severity = severity(problem, situation) else { return nil }
                return Observation(problem, code, severity, verdict, lead: lead, remedy: remedy(problem, situation))
            }
        }
    }
}

extension Observation {
    /// A problem in the project's own words, with its place. One that is no error leaves the project valid.
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
    /// `file:line`, as editors take it; nil when the problem has no file.
    var place: String? {
        file.map { file in line.map { "\(file):\($0)" } ?? file }
    }

    /// The place for use within a sentence.
    var placeOrProject: String { place ?? "the project" }
}
