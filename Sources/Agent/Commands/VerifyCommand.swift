import Revisions
import Wire

/// May an image that expects these heads start? Judged by the rows, and for an older image by the schema that its
/// revisions make; from memory when that is fresh.
struct VerifyCommand: CommandHandler {
    typealias Declaration = Verify

    /// How old the rows may be.
    private static let maximumAge = Duration.seconds(1)

    func recall(_ parameters: Verify.Parameters, _ call: Call) throws(WireError) -> RecalledAnswer? {
        let database = try call.requireDatabase()
        guard let known = database.monitor.recall(maximumAge: Self.maximumAge, at: call.receivedAt),
            !Self.needsComparison(known.observation, heads: parameters.heads)
        else { return nil }
        let answer = try known.answers.answer(.verification(parameters)) { () throws(WireError) in
            var result = Self.judge(known.observation, parameters, policy: database.settings.verify)
            result.ageMs = EncodedAnswer.age
            return try EncodedAnswer(result)
        }
        return RecalledAnswer(answer: answer, ageMs: known.ageMs(at: call.receivedAt))
    }

    func run(
        _ parameters: Verify.Parameters, _ call: Call, emit: @escaping @Sendable (Event) -> Void
    ) async throws(WireError) -> Verify.Result {
        let database = try call.requireDatabase()
        return Self.judge(
            try await database.diagnose(maximumAge: Self.maximumAge, until: call.deadline), parameters,
            policy: database.settings.verify)
    }

    static func judge(
        _ observation: Observation, _ asked: Verify.Parameters, policy: DatabaseSettings.VerifyPolicy
    ) -> Verify.Result {
        let heads = asked.heads ?? observation.graph?.effectiveHeads ?? []
        let verdict = verdict(observation, heads: heads, fingerprint: asked.fingerprint)
        let mayStart: Bool =
            switch verdict {
            case .equal, .unverified: true
            case .aheadCompatible: policy != .exact
            case .aheadUnknown, .aheadIncompatible: policy == .any
            case .behind, .corrupt, .drifted, .empty, .unreachable: false
            }
        return Verify.Result(
            verdict: verdict, mayStart: mayStart, heads: heads, rows: observation.result.versionTable.rows,
            ageMs: max(0, observation.age.milliseconds))
    }

    private static func verdict(
        _ observation: Observation, heads: [String], fingerprint: String?
    ) -> Verify.Verdict {
        guard observation.isReachable, let rows = observation.result.versionTable.rows else {
            return observation.result.versionTable.exists == false ? .empty : .unreachable
        }
        guard !rows.isEmpty else { return .empty }
        let values = Set(rows.compactMap(\.self))
        guard let classification = observation.rows, let graph = observation.graph else {
            // Without a project the image's own heads are all there is to hold the rows against.
            return !heads.isEmpty && values == Set(heads) && values.count == rows.count ? .unverified : .aheadUnknown
        }
        guard classification.rows.allSatisfy({ $0.fault == nil || $0.fault == .unknown }) else { return .corrupt }
        if values == Set(heads), classification.unknown.isEmpty { return compared(observation, fingerprint) }
        guard classification.unknown.isEmpty else { return .aheadUnknown }
        let included = graph.closure(of: classification.known)
        let missing = heads.filter { !included.contains($0) }
        guard missing.isEmpty else { return missing.allSatisfy { graph[$0] != nil } ? .behind : .aheadUnknown }
        // The image's heads are all there, and more: whether the surplus suits the image, the schema tells.
        return switch observation.serves?.image(at: heads, graph) {
        case true?: .aheadCompatible
        case false?: .aheadIncompatible
        case nil: .aheadUnknown
        }
    }

    /// Whether two schemas have to be held against each other, which takes longer than a look into memory.
    private static func needsComparison(_ observation: Observation, heads asked: [String]?) -> Bool {
        guard let asked, let rows = observation.result.versionTable.rows, let serves = observation.serves else {
            return false
        }
        return Set(rows.compactMap(\.self)) != Set(asked) && !serves.knows(asked)
    }

    /// The rows are the image's heads; the schema has the last word.
    private static func compared(_ observation: Observation, _ fingerprint: String?) -> Verify.Verdict {
        let isSame = fingerprint.flatMap { asked in observation.fingerprint.map { $0 == asked } }
        return switch (observation.result.schemaMatch, isSame) {
        case (false?, _), (_, false?): .drifted
        case (_, true?): .equal
        case (true?, nil): fingerprint == nil ? .equal : .unverified
        case (nil, nil): .unverified
        }
    }
}
