public import Revisions
import Schema

/// What a diagnosis concludes from facts.
public struct Assessment: Sendable {
    /// The worst that any finding causes.
    public var verdict: Verdict
    /// Whether no finding has severity `error`, and the schema is known.
    public var healthy: Bool
    /// Whether no difference breaks the models; nil when nothing could be compared.
    public var schemaMatch: Bool?
    /// What the models need and the migrations do not make: the message of the finding; nil where there is nothing.
    public var neededByModels: String? { findings.first { $0.code == Rule.schemaModelsNeedMore.code }?.message }
    /// Errors first, then warnings, then information; within each in the order of ``FindingCatalog``.
    public var findings: [Finding]
    /// Nil when the version table was not read, or its rows cannot be judged because the project cannot be read.
    public var versionTableState: VersionTableState?
    /// What an upgrade to the effective heads would run, oldest first; nil when unknown.
    ///
    /// Repairable rows count as repaired. In a fresh database it is every revision.
    public var pending: [String]?
    /// The version table's rows, each with its fault; nil when the rows or the graph were not read.
    public var rows: RowClassification?
    /// The rows of a database whose schema is that of later revisions than its legitimate rows say, and that those
    /// revisions could not run on again; otherwise nil.
    public var rowsShownBySchema: [String]?
}

/// Checks every rule of ``FindingCatalog``. Pure: the same facts give the same assessment.
public func diagnose(_ facts: Facts) -> Assessment {
    let context = RuleContext(facts)
    let results = RuleResult.limited(FindingCatalog.rules.map { $0.check(context, $0.code) })
    let ordered = results.enumerated().sorted {
        ($0.element.finding.severity, $0.offset) < ($1.element.finding.severity, $1.offset)
    }
    let verdict = results.map(\.verdict).min() ?? .inSync
    var remedies = RemedyWriter(context.comparison?.restoration ?? RestorationScript())
    let findings = ordered.map { remedies.finding($0.element) }
    return Assessment(
        verdict: verdict,
        // What is unknown is not healthy, also where a worse verdict hides it.
        healthy: !results.contains { $0.finding.severity == .error || $0.verdict == .unverified },
        schemaMatch: facts.schema.match,
        findings: findings,
        versionTableState: context.versionTableState,
        pending: context.pending,
        rows: context.rows,
        rowsShownBySchema: context.mustSettlePending && context.versionTableState == .legitimate
            ? context.rowsOfSchema?.rows : nil)
}

extension RuleResult {
    /// Bytes of all findings together: everything has to fit into one response.
    private static let budget = 100_000
    /// Where that is exceeded: the most findings of a rule, lines of evidence in a finding, and bytes of such a line.
    private static let mostFindings = 25, mostEvidence = 100, longestFact = 300

    /// All results; where they are too large, a part of each rule's, with the number of what was left out.
    fileprivate static func limited(_ rules: [[RuleResult]]) -> [RuleResult] {
        let all = rules.flatMap(\.self)
        return all.reduce(0) { $0 + $1.finding.size } <= budget ? all : rules.flatMap(shortened)
    }

    private static func shortened(_ results: [RuleResult]) -> [RuleResult] {
        var kept = Array(results.prefix(mostFindings))
        for index in kept.indices {
            let evidence = kept[index].finding.evidence
            kept[index].finding.evidence = evidence.prefix(mostEvidence).map { fact in
                fact.utf8.count <= longestFact ? fact : "\(fact.prefix(longestFact)) …"
            }
            let excess = evidence.count - mostEvidence
            if excess > 0 { kept[index].finding.evidence.append("and \(excess) more") }
        }
        if results.count > kept.count, let last = kept.indices.last {
            kept[last].finding.evidence.append("and \(results.count - kept.count) more findings of this code")
        }
        return kept
    }
}

extension Finding {
    /// In bytes, about.
    fileprivate var size: Int {
        message.utf8.count + remedy.utf8.count + 200 + evidence.reduce(0) { $0 + $1.utf8.count + 5 }
    }
}

extension SchemaFacts {
    /// Whether no difference breaks the models; nil when nothing was compared, models without tables included.
    fileprivate var match: Bool? {
        switch self {
        case .compared(let comparison, _) where comparison.tablesCompared > 0: !comparison.isBreaking
        case .compared, .notCompared: nil
        }
    }
}
