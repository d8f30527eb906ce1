import Text

/// One rule: a stable code, its page, and the check that derives findings from facts.
///
/// Each rule with a check of its own is a static member of this type in a file under `Rules/`. Rules that pass on the
/// problems of a project are rows of the tables in ``ProblemRule``. ``FindingCatalog`` lists all of them.
public struct Rule: Sendable {
    /// What a user can read about a code: what it means, what it is based on, and what to do.
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

        /// The evidence of every rule about a difference between schemas.
        static let comparisonEvidence = """
            The live catalog, compared with a replay of the migrations up to the version rows, and with the models.
            """
    }

    /// The code of every finding of this rule, for example `version.rows.redundant`.
    public var code: String
    /// The severities that a finding of this rule can have, the worst first.
    package var severities: [Severity]
    public var page: Page
    /// Whether the rule passes on problems that the project's reader or the runner reported under its code.
    let passesOnProblems: Bool
    /// Returns what the rule finds; empty when nothing is wrong.
    var check: @Sendable (RuleContext, _ code: String) -> [RuleResult]

    init(
        code: String, severities: [Severity], page: Page, passesOnProblems: Bool = false,
        check: @escaping @Sendable (RuleContext, _ code: String) -> [RuleResult]
    ) {
        self.code = code
        self.severities = severities
        self.page = page
        self.passesOnProblems = passesOnProblems
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

/// A finding, and the verdict that it alone would cause.
struct RuleResult {
    var finding: Finding
    var verdict: Verdict
    /// Nil where the remedy is complete.
    var restored: RestoredDifferences?

    /// Creates a finding whose texts are safe for a terminal.
    ///
    /// Names in a message may come from a database or a file, so every text is escaped here, in one place. Messages and
    /// evidence may have several lines, like a server's message or the definition of a view. The lines of a remedy are
    /// given separately: a line end inside a name does not start a new line, and a name inside a statement is written so
    /// that the pasted statement means the same.
    init(
        _ code: String, _ severity: Severity, _ verdict: Verdict, _ message: String, evidence: [String] = [],
        remedy: [String]
    ) {
        finding = Finding(
            code: code, severity: severity, message: SafeText.paragraph(message),
            evidence: evidence.map(SafeText.paragraph),
            remedy: remedy.map(SafeText.sql).joined(separator: "\n"))
        self.verdict = verdict
    }

    /// Creates a finding whose remedy gets the statements that resolve its differences.
    init(
        _ code: String, _ severity: Severity, _ verdict: Verdict, _ message: String, evidence: [String] = [],
        restoring restored: RestoredDifferences
    ) {
        self.init(
            code, severity, verdict, message, evidence: evidence, remedy: restored.otherwise + restored.rest)
        self.restored = restored
    }
}
