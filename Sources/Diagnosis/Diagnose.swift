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
}

/// Checks every rule of ``FindingCatalog``. Pure: the same facts give the same assessment.
public func diagnose(_ facts: Facts) -> Assessment {
    let context = RuleContext(facts)
    let results = FindingCatalog.rules.flatMap { RuleResult.limited($0.check(context, $0.code)) }
    let ordered = results.enumerated().sorted {
        ($0.element.finding.severity, $0.offset) < ($1.element.finding.severity, $1.offset)
    }
    let verdict = results.map(\.verdict).min() ?? .inSync
    var remedies = RemedyWriter(context.comparison?.restoration ?? RestorationScript())
    let findings = ordered.map { remedies.finding($0.element) }
    return Assessment(
        verdict: verdict,
        healthy: verdict != .unverified && !results.contains { $0.finding.severity == .error },
        schemaMatch: facts.schema.match,
        findings: findings,
        versionTableState: context.versionTableState,
        pending: context.pending,
        rows: context.rows)
}

extension RuleResult {
    /// The most findings that one rule returns, and the most lines of evidence in a finding. Everything has to fit into
    /// one response.
    private static let mostFindings = 25, mostEvidence = 100

    /// The results within those limits, with the number of what was left out.
    fileprivate static func limited(_ results: [RuleResult]) -> [RuleResult] {
        var kept = Array(results.prefix(mostFindings))
        for index in kept.indices {
            let excess = kept[index].finding.evidence.count - mostEvidence
            guard excess > 0 else { continue }
            kept[index].finding.evidence.removeLast(excess)
            kept[index].finding.evidence.append("and \(excess) more")
        }
        if results.count > kept.count, let last = kept.indices.last {
            kept[last].finding.evidence.append("and \(results.count - kept.count) more findings of this code")
        }
        return kept
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
