import Wire

/// The verdict on one database, from memory when it is fresh enough.
struct DiagnoseCommand: CommandHandler {
    typealias Declaration = Diagnose

    func recall(_ parameters: Diagnose.Parameters, _ call: Call) throws(WireError) -> RecalledAnswer? {
        let monitor = try call.requireDatabase().monitor
        guard let known = monitor.recall(maximumAge: parameters.maximumAge, at: call.receivedAt) else { return nil }
        let answer = try known.answers.answer(.diagnosis) { () throws(WireError) in
            var result = known.observation.result
            result.ageMs = EncodedAnswer.age
            return try EncodedAnswer(result)
        }
        return RecalledAnswer(answer: answer, ageMs: known.ageMs(at: call.receivedAt))
    }

    func run(
        _ parameters: Diagnose.Parameters, _ call: Call, emit: @escaping @Sendable (Event) -> Void
    ) async throws(WireError) -> Diagnose.Result {
        try await call.requireDatabase().diagnose(maximumAge: parameters.maximumAge, until: call.deadline).aged
    }
}

extension Diagnose.Parameters {
    fileprivate var maximumAge: Duration { .milliseconds(maxAgeMs ?? Self.defaultMaximumAge) }
}
