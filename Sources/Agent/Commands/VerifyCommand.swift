import Diagnosis
import Inspection
import Revisions
import Schema
import Wire

/// Decides whether an image that expects these heads may start: by the rows, and for an older image by the schema that
/// its revisions create. Uses the diagnosis in memory when it is recent.
struct VerifyCommand: CommandHandler {
    typealias Declaration = Verify

    /// How old the rows may be.
    private static let maximumAge = Duration.seconds(1)
    /// How long before the request's deadline a response is sent that only has the last known state.
    private static let margin = Duration.milliseconds(100)

    func cachedResult(_ parameters: Verify.Parameters, _ call: Call) throws(WireError) -> CachedResult? {
        let database = try call.requireDatabase()
        guard let cached = database.inspected.monitor.cached(maximumAge: Self.maximumAge, at: call.receivedAt),
            !Self.needsComparison(cached.diagnosis, heads: parameters.heads)
        else { return nil }
        let result = try database.responses.result(of: .verification(parameters), from: cached) {
            () throws(WireError) in
            var result = Self.decide(cached.diagnosis, parameters, policy: database.inspected.settings.verify)
            result.ageMs = EncodedResult.age
            return try EncodedResult(result)
        }
        return CachedResult(result: result, ageMs: cached.diagnosis.ageMs(at: call.receivedAt))
    }

    func run(
        _ parameters: Verify.Parameters, _ call: Call, emit: @escaping @Sendable (Event) -> Void
    ) async throws(WireError) -> Verify.Result {
        let database = try call.requireDatabase()
        let policy = database.inspected.settings.verify
        do {
            let diagnosis = try await database.inspected.diagnose(
                maximumAge: Self.maximumAge, until: call.deadline - Self.margin)
            return Self.decide(diagnosis, parameters, policy: policy)
        } catch  where error.code == .deadlineExceeded {
            return Self.stillReading(database.inspected.monitor.latest?.diagnosis, parameters, policy: policy)
        } catch {
            throw WireError(error)
        }
    }

    /// The result while project or database are still being read: the last known verdict, if any. The image must not
    /// start.
    static func stillReading(
        _ latest: DatabaseDiagnosis?, _ asked: Verify.Parameters, policy: DatabaseSettings.VerifyPolicy
    ) -> Verify.Result {
        var result =
            latest.map { decide($0, asked, policy: policy) }
            ?? Verify.Result(
                verdict: .unreachable, mayStart: false, heads: asked.heads ?? [], rows: nil, ageMs: nil)
        result.mayStart = false
        result.reading = true
        return result
    }

    static func decide(
        _ diagnosis: DatabaseDiagnosis, _ asked: Verify.Parameters, policy: DatabaseSettings.VerifyPolicy
    ) -> Verify.Result {
        let heads = asked.heads ?? diagnosis.graph?.effectiveHeads ?? []
        var verdict = verdict(diagnosis, heads: heads, fingerprint: asked.fingerprint)
        let needed = [.equal, .unverified].contains(verdict) ? diagnosis.assessment.neededByModels : nil
        if needed != nil, policy == .exact { verdict = .drifted }
        let mayStart: Bool =
            switch verdict {
            case .equal: true
            case .unverified: diagnosis.rows != nil
            case .aheadCompatible: policy != .exact
            case .aheadUnknown, .aheadIncompatible: policy == .any
            case .behind, .corrupt, .drifted, .empty, .unreachable: false
            }
        return Verify.Result(
            verdict: verdict, mayStart: mayStart, heads: heads, rows: diagnosis.rows, ageMs: diagnosis.ageMs(),
            warning: needed ?? (mayStart ? nil : whyRowsAreUnknown(diagnosis)))
    }

    /// What keeps the rows of a server that responds from being known; nil where they are known, or do not exist.
    private static func whyRowsAreUnknown(_ diagnosis: DatabaseDiagnosis) -> String? {
        guard diagnosis.isReachable, diagnosis.rows == nil, diagnosis.facts.versionTable?.isMissing != true else {
            return nil
        }
        return diagnosis.assessment.findings.first { $0.severity != .info }?.message
    }

    private static func verdict(
        _ diagnosis: DatabaseDiagnosis, heads: [String], fingerprint: String?
    ) -> Verify.Verdict {
        guard diagnosis.isReachable else { return .unreachable }
        guard let rows = diagnosis.rows else {
            return diagnosis.facts.versionTable?.isMissing == true ? .empty : .unverified
        }
        guard !rows.isEmpty else { return .empty }
        let values = Set(rows.compactMap(\.self))
        guard let classification = diagnosis.assessment.rows, let graph = diagnosis.graph else {
            // Without a project the rows can only be compared with the image's own heads.
            return !heads.isEmpty && values == Set(heads) && values.count == rows.count ? .unverified : .aheadUnknown
        }
        guard classification.rows.allSatisfy({ $0.fault == nil || $0.fault == .unknown }) else { return .corrupt }
        if values == Set(heads), classification.unknown.isEmpty { return compared(diagnosis, fingerprint) }
        guard classification.unknown.isEmpty else { return .aheadUnknown }
        let included = graph.closure(of: classification.known)
        let missing = heads.filter { !included.contains($0) }
        guard missing.isEmpty else { return missing.allSatisfy { graph[$0] != nil } ? .behind : .aheadUnknown }
        // All heads of the image are applied, and others too: the schema decides whether the image can use it.
        return switch diagnosis.imageCompatibility?.serves(heads, graph) {
        case true?: .aheadCompatible
        case false?: .aheadIncompatible
        case nil: .aheadUnknown
        }
    }

    /// Whether two schemas have to be compared, which takes longer than a lookup in memory.
    private static func needsComparison(_ diagnosis: DatabaseDiagnosis, heads asked: [String]?) -> Bool {
        guard let asked, let rows = diagnosis.rows, let compatibility = diagnosis.imageCompatibility else {
            return false
        }
        return Set(rows.compactMap(\.self)) != Set(asked) && !compatibility.knows(asked)
    }

    /// The verdict when the rows are the image's heads: the schema decides.
    private static func compared(_ diagnosis: DatabaseDiagnosis, _ fingerprint: String?) -> Verify.Verdict {
        // Without the migrations only the existence of tables and columns was compared.
        let isReplaying = diagnosis.facts.isReplaying && diagnosis.comparison?.hasMigrations == false
        let isSame = fingerprint.flatMap { asked in diagnosis.fingerprint.map { $0 == asked } }
        return switch (diagnosis.assessment.schemaMatch, isSame) {
        case (false?, _), (_, false?): .drifted
        case (_, true?): .equal
        case (true?, nil): fingerprint == nil && !isReplaying ? .equal : .unverified
        case (nil, nil): .unverified
        }
    }
}
