import Jobs
import Journal
import Runtime
import Wire

extension Job {
    /// The result of a job that has ended.
    ///
    /// - Throws: the error with which it ended.
    func decodedResult<Result: Decodable>() throws(WireError) -> Result {
        if let error { throw try WireCoding.decode(WireError.self, from: try Self.json(error)) }
        guard let result else { throw WireError(.outcomeUnknown, "the outcome of job \(id) is not known") }
        return try WireCoding.decode(Result.self, from: try Self.json(result))
    }

    /// The job as a client sees it. Only its owner and principals with scope `admin` see error details and the owner's
    /// name.
    func entry(for principal: Principal) throws(WireError) -> JobEntry {
        let seesAll = principal.name == self.principal || principal.permits(.admin)
        var failure = try error.map { text throws(WireError) in
            try WireCoding.decode(WireError.self, from: try Self.json(text))
        }
        if !seesAll { failure?.details = nil }
        return JobEntry(
            id: id, command: command, database: database, state: JobState(rawValue: state.rawValue) ?? .unknown,
            createdAt: WallClock.text(createdAt), startedAt: startedAt.map(WallClock.text),
            endedAt: endedAt.map(WallClock.text),
            result: try result.map { text throws(WireError) in try Self.json(text) },
            error: failure, principal: seesAll ? self.principal : nil)
    }

    private static func json(_ text: String) throws(WireError) -> JSON {
        do {
            return try JSON.parse(Array(text.utf8))
        } catch {
            throw WireError(.internal, "the journal contains text that is not JSON")
        }
    }
}

extension JobEntry.Step {
    init?(_ step: JobStep) {
        guard let name = Name(rawValue: step.kind.rawValue) else { return nil }
        self.init(
            at: WallClock.text(step.at), step: name, revision: step.revision, xid: step.transaction,
            scriptHash: step.scriptHash)
    }
}
