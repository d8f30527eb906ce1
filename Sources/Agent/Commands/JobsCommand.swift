import Jobs
import Journal
import Wire

/// Lists jobs, newest first: those of databases that the caller may see.
struct JobsCommand: CommandHandler {
    typealias Declaration = Jobs

    func run(
        _ parameters: Jobs.Parameters, _ call: Call, emit: @escaping @Sendable (Event) -> Void
    ) async throws(WireError) -> Jobs.Result {
        if let id = parameters.id {
            guard let job = try await call.job(id), isVisible(job, call) else {
                return Jobs.Result(jobs: [], nextCursor: nil)
            }
            var entry = try job.entry(for: call.principal)
            entry.steps = try await call.steps(of: id)
            return Jobs.Result(jobs: [entry], nextCursor: nil)
        }
        return try fitted(try await page(parameters, call), call.principal)
    }

    private func page(_ parameters: Jobs.Parameters, _ call: Call) async throws(WireError) -> JobPage {
        let visible =
            call.database.map { [$0.name] }
            ?? call.agent.databases.map(\.name).filter(call.principal.permits(database:))
        let journal = try call.agent.jobs().journal
        do {
            return try await journal.jobs(
                state: parameters.state.flatMap { Job.State(rawValue: $0.rawValue) }, databases: Set(visible),
                limit: Int(parameters.limit ?? Jobs.Parameters.defaultLimit), bytes: Limits.pageBytes,
                cursor: parameters.cursor)
        } catch {
            throw WireError(error)
        }
    }

    private func isVisible(_ job: Job, _ call: Call) -> Bool {
        call.principal.permits(database: job.database) && (call.request.database ?? job.database) == job.database
    }

    /// As many of the page's jobs as fit one response.
    private func fitted(_ page: JobPage, _ principal: Principal) throws(WireError) -> Jobs.Result {
        var result = Jobs.Result(jobs: [], nextCursor: page.nextCursor)
        var size = 256
        for job in page.jobs {
            let entry = try job.entry(for: principal)
            size += try WireCoding.encode(entry).count + 1
            guard size <= Limits.pageBytes || result.jobs.isEmpty else {
                result.nextCursor = result.jobs.last?.id
                break
            }
            result.jobs.append(entry)
        }
        return result
    }
}
