import FoundationEssentials
import Inspection
import Journal
import Runtime
import Wire

/// Concludes the jobs that an earlier agent left unfinished, from what the database says. No job stays `running`.
struct CrashRecovery: Sendable {
    private let queue: JobQueue
    private let engine: JobEngine

    init(_ queue: JobQueue, _ engine: JobEngine) {
        self.queue = queue
        self.engine = engine
    }

    /// Queues the jobs that had not begun and whose deadline has not passed, and concludes those that were running.
    func recover(_ unfinished: [Job]) async {
        for job in unfinished where job.state == .queued {
            guard job.deadline < WallClock.milliseconds else {
                queue.add(job)
                continue
            }
            let error = JobsError(
                .cancelled, "the agent was restarted and the deadline passed before the job began; nothing was run")
            await engine.record(.failed(error), of: job)
            engine.events.close(job.id)
        }
        for job in unfinished where job.state == .running {
            if let outcome = await outcome(of: job) { await engine.record(outcome, of: job) }
            engine.events.close(job.id)
        }
    }

    /// How the job ended; nil when this agent ends before that is known, and the next one must find out.
    private func outcome(of job: Job) async -> JobOutcome? {
        guard let plan = job.context.flatMap({ try? JSONDecoder().decode(RecordedPlan.self, from: Data($0.utf8)) })
        else { return .failed(Self.unknown("it left no record of its plan")) }
        let database = queue.database
        let conclusion = await Conclusion.reach(
            about: plan, on: database, graph: try? await database.project().graph,
            isCancelled: { engine.isDraining })
        do throws(JobsError) {
            switch conclusion {
            case .unknown(let reason): throw Self.unknown(reason)
            case .recorded(let progress):
                let execution = JobExecution(job: job, database: database, engine: engine)
                return try await engine.handler(for: execution).recover(plan, progress)
            }
        } catch {
            // A database that cannot be read says nothing about the job.
            let unknown = error.code == .databaseUnavailable ? Self.unknown(error.message) : error
            return unknown.code == .outcomeUnknown && engine.isDraining ? nil : .failed(unknown)
        }
    }

    private static func unknown(_ reason: String) -> JobsError {
        JobsError(.outcomeUnknown, "the agent ended during the job, and what the job did is not known: \(reason)")
    }
}

extension JobsError {
    /// The job was interrupted before it achieved what it was to do.
    static func interrupted(_ progress: RecordedProgress) -> JobsError {
        JobsError(message: "the agent ended during the job; 'diagnose' shows the current state", progress)
    }
}
