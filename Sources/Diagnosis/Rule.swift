/// One rule: a stable code, its page, and the check that holds facts against it.
///
/// Each rule stands in a file of its own under `Rules/`, as a static member of this type, and is listed once in
/// ``FindingCatalog``.
public struct Rule: Sendable {
    /// What a user reads of a code: what it means, on what it rests, what to do.
    public struct Page: Hashable, Sendable {
        /// A few words, without a full stop.
        public var title: String
        public var problem: String
        public var evidence: String
        public var remedy: String

        public init(title: String, problem: String, evidence: String, remedy: String) {
            self.title = title
            self.problem = problem
            self.evidence = evidence
            self.remedy = remedy
        }
    }

    /// The code of every finding of this rule, for example `version.rows.redundant`.
    public var code: String
    public var page: Page
    /// Whether the rule passes on what others have found under its code.
    let judgesProblems: Bool
    /// What the rule has to say of a situation; nothing when it holds.
    var check: @Sendable (Situation, _ code: String) -> [Observation]

    init(
        code: String, page: Page, judgesProblems: Bool = false,
        check: @escaping @Sendable (Situation, _ code: String) -> [Observation]
    ) {
        self.code = code
        self.page = page
        self.judgesProblems = judgesProblems
        self.check = check
    }

    /// The page as plain text: code and title, then the three parts.
    public var text: String {
        """
        \(code): \(page.title)

        Problem
        \(page.problem)

        Evidence
        \(page.evidence)

        Remedy
        \(page.remedy)
        """
    }
}

/// A finding together with the verdict that it alone would call for.
struct Observation {
    var finding: Finding
    var verdict: Verdict

    /// Makes everything fit for a terminal here, once, so that no rule can forget it: names in a message may come
    /// from a database or from a file. Lines of a remedy are given one by one, for a line end inside a name is none, and
    /// a name in a statement is written so that what is pasted is what was meant.
    init(
        _ code: String, _ severity: Severity, _ verdict: Verdict, _ message: String, evidence: [String] = [],
        remedy: [String]
    ) {
        finding = Finding(
            code: code, severity: severity, message: TerminalText.visible(message),
            evidence: evidence.map(TerminalText.visible),
            remedy: remedy.map(TerminalText.sql).joined(separator: "\n"))
        self.verdict = verdict
    }
}
