/// A command whose result may have several pages.
public protocol PagedCommand: Command {
    /// The parameters of the page after `result`; nil when no further page is needed.
    static func parameters(after result: Result, of first: Parameters) -> Parameters?
    /// Two results joined into one.
    static func appending(_ next: Result, to result: Result) -> Result
}

extension Graph: PagedCommand {
    public static func parameters(after result: Result, of first: Parameters) -> Parameters? {
        result.nextCursor.map { Parameters(cursor: $0) }
    }

    public static func appending(_ next: Result, to result: Result) -> Result { result.appending(next) }
}

extension Jobs: PagedCommand {
    public static func parameters(after result: Result, of first: Parameters) -> Parameters? {
        let missing = (first.limit ?? Parameters.defaultLimit) - Int64(result.jobs.count)
        guard let cursor = result.nextCursor, missing > 0 else { return nil }
        return Parameters(id: first.id, state: first.state, limit: missing, cursor: cursor)
    }

    public static func appending(_ next: Result, to result: Result) -> Result {
        Result(jobs: result.jobs + next.jobs, nextCursor: next.nextCursor)
    }
}
