import Journal
import Wire

extension Job {
    /// The job as it travels; error details and the asker's name only for whom they are meant.
    func entry(for principal: Principal) throws(WireError) -> JobEntry {
        let isPrivy = principal.name == self.principal || principal.permits(.admin)
        var failure = try error.map { text throws(WireError) in
            try WireCoding.decode(WireError.self, from: try Self.json(text))
        }
        if !isPrivy { failure?.details = nil }
        return JobEntry(
            id: id, command: command, database: database, state: JobState(rawValue: state.rawValue) ?? .unknown,
            createdAt: WallClock.text(createdAt), startedAt: startedAt.map(WallClock.text),
            endedAt: endedAt.map(WallClock.text),
            result: try result.map { text throws(WireError) in try Self.json(text) },
            error: failure, principal: isPrivy ? self.principal : nil)
    }

    static func json(_ text: String) throws(WireError) -> JSON {
        do {
            return try JSON.parse(Array(text.utf8))
        } catch {
            throw WireError(.internal, "the journal holds text that is not JSON")
        }
    }
}

extension Journal {
    /// Uses the journal on behalf of a request.
    func wire<T: Sendable>(_ body: (Journal) async throws(JournalError) -> T) async throws(WireError) -> T {
        do {
            return try await body(self)
        } catch {
            throw WireError(error)
        }
    }
}

extension WireError {
    /// The journal's refusals: what cannot be recorded is not begun.
    init(_ error: JournalError) {
        self.init(error.isDegradation ? .degraded : .internal, error.description)
    }
}
