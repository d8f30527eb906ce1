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
    ///
    /// Where there is much evidence, each has a part of it, with the number of what was left out.
    public var findings: [Finding]
    /// The same with as much evidence as fits into a response that has little else; nil where ``findings`` has all of it.
    public var longFindings: [Finding]?
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
    let rules = FindingCatalog.rules.map { $0.check(context, $0.code) }
    let results = rules.flatMap(\.self)
    let verdict = results.map(\.verdict).min() ?? .inSync
    let script = context.comparison?.restoration ?? RestorationScript()
    let isLong = FindingSize.usual.isExceeded(by: results)
    return Assessment(
        verdict: verdict,
        // What is unknown is not healthy, also where a worse verdict hides it.
        healthy: !results.contains { $0.finding.severity == .error || $0.verdict == .unverified },
        schemaMatch: facts.schema.match,
        findings: FindingSize.usual.limited(rules).findings(script),
        longFindings: isLong ? FindingSize.long.limited(rules).findings(script) : nil,
        versionTableState: context.versionTableState,
        pending: context.pending,
        rows: context.rows,
        rowsShownBySchema: context.mustSettlePending && context.versionTableState == .legitimate
            ? context.rowsOfSchema?.rows : nil)
}

extension [RuleResult] {
    /// Errors first, each with the statements of its remedy.
    fileprivate func findings(_ script: RestorationScript) -> [Finding] {
        var remedies = RemedyWriter(script)
        return enumerated()
            .sorted { ($0.element.finding.severity, $0.offset) < ($1.element.finding.severity, $1.offset) }
            .map { remedies.finding($0.element) }
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
