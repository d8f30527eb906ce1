import Diagnosis
import Inspection
import Revisions
import Runtime
import Schema
import Wire

/// The diagnosis of one database, from memory when it is recent enough.
struct DiagnoseCommand: CommandHandler {
    typealias Declaration = Diagnose

    func cachedResult(_ parameters: Diagnose.Parameters, _ call: Call) throws(WireError) -> CachedResult? {
        let database = try call.requireDatabase()
        guard let cached = database.inspected.monitor.cached(maximumAge: parameters.maximumAge, at: call.receivedAt)
        else { return nil }
        // A diagnosis without long findings has one result for both.
        let all = parameters.all == true && cached.diagnosis.assessment.longFindings != nil
        let result = try database.responses.result(of: .diagnosis(all: all), from: cached) { () throws(WireError) in
            try EncodedResult(Diagnose.Result(cached.diagnosis, ageMs: EncodedResult.age, all: all))
        }
        return CachedResult(result: result, ageMs: cached.diagnosis.ageMs(at: call.receivedAt))
    }

    func run(
        _ parameters: Diagnose.Parameters, _ call: Call, emit: @escaping @Sendable (Event) -> Void
    ) async throws(WireError) -> Diagnose.Result {
        let diagnosis = try await call.requireDatabase()
            .diagnose(
                maximumAge: parameters.maximumAge, retries: call.principal.mayRetry, until: call.deadline)
        return Diagnose.Result(diagnosis, ageMs: diagnosis.ageMs(), all: parameters.all == true)
    }
}

extension Diagnose.Parameters {
    fileprivate var maximumAge: Duration { .milliseconds(maxAgeMs ?? Self.defaultMaximumAge) }
}

extension Diagnose.Result {
    /// - Parameter all: whether the findings have all evidence, as far as it fits; the lists of objects then have the rest
    ///   of the response.
    init(_ diagnosis: DatabaseDiagnosis, ageMs: Int64, all: Bool = false) {
        let facts = diagnosis.facts
        let assessment = diagnosis.assessment
        let findings = (all ? assessment.longFindings : nil) ?? assessment.findings
        self.init(
            database: diagnosis.database, verdict: assessment.verdict, healthy: assessment.healthy,
            schemaMatch: assessment.schemaMatch, observedAt: WallClock.text(diagnosis.madeAt), ageMs: ageMs,
            server: facts.server,
            versionTable: Diagnose.VersionTable(facts.versionTable, state: assessment.versionTableState),
            revisions: facts.graph.map {
                Diagnose.Revisions(
                    count: $0.revisions.count, heads: $0.heads, effectiveHeads: $0.effectiveHeads,
                    pending: assessment.pending)
            },
            schema: Diagnose.Schema(diagnosis, besides: findings),
            probes: facts.probes.map {
                Diagnose.Probe(name: $0.name, total: $0.total, returned: $0.returned, ok: $0.isGood)
            },
            findings: findings)
    }
}

extension Diagnose.VersionTable {
    fileprivate init(_ facts: VersionTableFacts?, state: VersionTableState?) {
        guard let facts else {
            self.init()
            return
        }
        self.init(
            schema: facts.schema, name: facts.name, exists: !facts.isMissing, rows: facts.rows,
            columnWidth: facts.columnWidth, state: state)
    }
}

extension Diagnose.Schema {
    fileprivate init(_ diagnosis: DatabaseDiagnosis, besides findings: [Finding]) {
        let sources = Diagnose.Sources(
            models: diagnosis.hasModels, migrations: diagnosis.hasMigrations, live: diagnosis.facts.server != nil)
        guard let comparison = diagnosis.comparison else {
            self.init(sources: sources, missingColumns: nil, differences: nil)
            return
        }
        var extract = SchemaExtract(besides: findings)
        self.init(sources: sources, missingColumns: nil, differences: extract.take(comparison.differences))
        missingColumns = extract.take(comparison.missingColumns)
        if !comparison.pending.isEmpty { pending = extract.take(comparison.pending) }
        notComparable = extract.take(comparison.notComparable)
        accepted = extract.take(comparison.accepted)
        ignored = extract.take(comparison.ignored)
        advice = extract.take(comparison.advice)
        unmanaged = extract.take(comparison.unmanaged)
        omitted = extract.omitted
    }
}
