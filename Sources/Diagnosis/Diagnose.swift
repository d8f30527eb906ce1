public import Revisions
import Schema

/// What a diagnosis concludes from facts.
public struct Assessment: Sendable {
    /// The worst of what was found.
    public var verdict: Verdict
    /// Whether no finding has severity `error`.
    public var healthy: Bool
    /// Whether no difference breaks the models; nil when nothing could be compared.
    public var schemaMatch: Bool?
    /// Errors first, then warnings, then information; within each in the order of ``FindingCatalog``.
    public var findings: [Finding]
    /// nil when the version table was not looked at, or its rows cannot be judged because the project cannot be read.
    public var versionTableState: VersionTableState?
    /// What an upgrade to the effective heads would run, oldest first; nil when that cannot be said.
    ///
    /// From repairable rows it is counted as if they were repaired; from a missing or empty table it is everything.
    public var pending: [String]?
    /// The version table's rows, each judged; nil when they were not read or there is no graph to judge them by.
    public var rows: RowClassification?
}

/// Holds every rule of ``FindingCatalog`` against `facts`. Pure: the same facts give the same answer.
public func diagnose(_ facts: Facts) -> Assessment {
    let situation = Situation(facts)
    let observations = FindingCatalog.rules.flatMap { Observation.limited($0.check(situation, $0.code)) }
    let ordered = observations.enumerated().sorted {
        ($0.element.finding.severity, $0.offset) < ($1.element.finding.severity, $1.offset)
    }
    return Assessment(
        verdict: observations.map(\.verdict).min() ?? .inSync,
        healthy: !observations.contains { $0.finding.severity == .error },
        schemaMatch: facts.schema.match,
        findings: ordered.map(\.element.finding),
        versionTableState: situation.versionTableState,
        pending: situation.pending,
        rows: situation.rows)
}

extension Observation {
    /// How many findings one rule gives, and how many lines of evidence a finding has, at most: beyond that nobody
    /// reads, and an answer has to fit a response.
    private static let mostFindings = 25, mostEvidence = 100

    /// The observations within those limits; what was left out is counted.
    fileprivate static func limited(_ observations: [Observation]) -> [Observation] {
        var kept = Array(observations.prefix(mostFindings))
        for index in kept.indices {
            let excess = kept[index].finding.evidence.count - mostEvidence
            guard excess > 0 else { continue }
            kept[index].finding.evidence.removeLast(excess)
            kept[index].finding.evidence.append("and \(excess) more")
        }
        if observations.count > kept.count, let last = kept.indices.last {
            kept[last].finding.evidence.append("and \(observations.count - kept.count) more findings of this code")
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
