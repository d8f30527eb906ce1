import Inspection
import Journal
import Postgres
import Revisions

extension Conclusion {
    /// Why nothing can be said about a job yet.
    struct Undecided: Error {
        var reason: String
    }

    /// Waits until no backend of the job is left, then reads the rows on a new connection.
    ///
    /// Only the server on which the job ran can decide about it.
    ///
    /// - Parameters:
    ///   - report: what the run that has just ended says about itself; nil after a crash.
    ///   - patience: how long the database may be unreachable, or a backend active.
    ///   - isCancelled: whether to stop waiting.
    static func reach(
        _ plan: RecordedPlan, of execution: JobExecution, report: Report? = nil, patience: Duration = .seconds(60),
        isCancelled: @Sendable () -> Bool = { false }
    ) async throws(Undecided) -> Conclusion {
        let deadline = ContinuousClock.now + patience
        while true {
            do throws(Undecided) {
                return try await read(plan, of: execution, report: report)
            } catch {
                guard .now < deadline, !isCancelled() else { throw error }
                // Neither the return of a server nor the end of another session is announced: poll, with a deadline.
                try? await Task.sleep(for: .milliseconds(100))
            }
        }
    }

    private static func read(
        _ plan: RecordedPlan, of execution: JobExecution, report: Report?
    ) async throws(Undecided) -> Conclusion {
        let steps: [JobStep]
        do {
            steps = try await execution.engine.journal.steps(of: execution.job.id)
        } catch {
            throw Undecided(reason: error.description)
        }
        let evidence = try await evidence(plan, Set(steps.compactMap(\.transaction)), on: execution.database)
        return Conclusion(
            rows: evidence.rows, plan: plan, steps: steps, transactions: evidence.transactions,
            graph: try? await execution.database.project().graph, report: report)
    }

    private struct Evidence: Sendable {
        var rows: [String?]
        var transactions: [String: TransactionStatus] = [:]
    }

    private static func evidence(
        _ plan: RecordedPlan, _ transactions: Set<String>, on database: ManagedDatabase
    ) async throws(Undecided) -> Evidence {
        let outcome: Result<Evidence, Undecided>
        do {
            outcome = try await Connection.temporary(
                database.address, .read(applicationName: "schemad evidence", role: database.sessionRole)
            ) { session throws(PostgresError) in
                if let server = plan.server,
                    let difference = server.difference(to: try DatabaseIdentity.read(session))
                {
                    return .failure(Undecided(reason: difference))
                }
                guard try Locks.excludeWriters(session) else {
                    return .failure(Undecided(reason: "a backend of the job is still active"))
                }
                var found = Evidence(rows: [])
                for transaction in transactions {
                    let status = try TransactionStatus.read(transaction, session)
                    if status == .inProgress {
                        return .failure(
                            Undecided(reason: "transaction \(transaction) of the job is prepared, and not committed"))
                    }
                    found.transactions[transaction] = status
                }
                let table = try VersionTableReader.read(session, schema: plan.schema, name: plan.table)
                switch table.state {
                case .table: found.rows = table.rows
                case .missing: break
                case .denied(let message): return .failure(Undecided(reason: message))
                case .notATable(let kind): return .failure(Undecided(reason: "\(plan.table) is a \(kind) now"))
                case .columnMissing:
                    return .failure(Undecided(reason: "\(plan.table) has no column version_num now"))
                }
                return .success(found)
            }
        } catch {
            throw Undecided(reason: error.description)
        }
        return try outcome.get()
    }
}
