import Alembic
import Diagnosis
import Journal
import Postgres
import Revisions
import Schema
import Wire

/// Runs what is pending, once, and says only what was read again afterwards.
struct MigrationJob: Sendable {
    let mutation: Mutation
    let parameters: Migrate.Parameters

    private var database: ManagedDatabase { mutation.database }

    /// What there is to say without touching anything: the target is reached. `nil` when something has to run.
    ///
    /// No lock is needed for it: rows that are the target's have been committed, whoever is at work.
    func recall() async throws(WireError) -> JobOutcome? {
        let begun = ContinuousClock.now
        let survey = try await database.survey()
        let plan = try survey.plan(to: parameters.to ?? ["heads"])
        guard plan.steps.isEmpty else { return nil }
        try check(plan)
        return try nothingToDo(plan, survey, begun)
    }

    /// Runs what is pending, under the lock.
    func run(_ lock: RunnerLock) async throws(WireError) -> JobOutcome {
        let begun = ContinuousClock.now
        let survey = try await database.survey()
        let plan = try survey.plan(to: parameters.to ?? ["heads"])
        try check(plan)
        // Another run may have been at work while this one waited.
        guard !plan.steps.isEmpty else { return try nothingToDo(plan, survey, begun) }
        let context = JobContext(
            from: plan.from, to: plan.to, steps: plan.steps, schema: survey.reading.versionTable.schema,
            table: survey.reading.versionTable.name)
        try await mutation.begin(context)
        mutation.publish(Progress(phase: .starting, total: plan.steps.count))
        let failure = await execute(plan, survey, lock)
        mutation.publish(Progress(phase: .verifying))
        return try await conclude(context, survey, failure, begun)
    }

    /// Nothing to run is not the same as nothing wrong: a stamped database lacks what its rows promise.
    private func nothingToDo(
        _ plan: MigrationPlan, _ survey: Survey, _ begun: ContinuousClock.Instant
    ) throws(WireError) -> JobOutcome {
        try .succeeded(
            Migrate.Result(
                job: mutation.job.id, state: .succeeded, from: plan.from, to: plan.from, applied: [],
                durationMs: (.now - begun).milliseconds, findings: survey.observation.result.findings))
    }

    /// The caller's own conditions.
    private func check(_ plan: MigrationPlan) throws(WireError) {
        if let expected = parameters.expectFrom, Set(expected) != Set(plan.from) {
            throw WireError(
                .precondition,
                "the rows are \(TerminalText.list(plan.from)), expected were \(TerminalText.list(expected.sorted())); "
                    + "nothing was run")
        }
        if let id = parameters.plan, id != plan.id {
            throw WireError(
                .precondition,
                "plan \(TerminalText.visible(id)) no longer holds: the rows or the scripts have changed; "
                    + "nothing was run, ask for a new plan")
        }
    }

    /// Runs the revisions; the answer is what went wrong.
    private func execute(_ plan: MigrationPlan, _ survey: Survey, _ lock: RunnerLock) async -> RunnerError? {
        let deadline = parameters.runDeadlineMs.map { Duration.milliseconds($0) } ?? database.settings.migrateDeadline
        let run = MigrationRun(
            targets: plan.to, expectedRows: plan.from, expectedRevisions: plan.steps,
            versionTable: survey.description.versionTable, fence: Locks.fence,
            lockTimeout: "\(database.settings.lockTimeout.milliseconds)ms",
            statementTimeout: "\(database.settings.statementTimeout.milliseconds)ms",
            applicationName: "schemad migrate \(mutation.job.id)", sha256: survey.project.sha256, deadline: deadline)
        let progress = RunProgress(total: plan.steps.count)
        do {
            _ = try await database.runner.migrate(run) { report in
                // A lock whose session has died meanwhile protects nothing.
                try await lock.requireHeld()
                return try await database.proves(report, lock: Locks.fence)
            } progress: { event in
                if let step = progress.step(event) { mutation.publish(step) }
            }
            return nil
        } catch {
            return error
        }
    }

    /// Reads rows and schema again on a fresh connection: that, not what the run said, is the outcome.
    private func conclude(
        _ context: JobContext, _ survey: Survey, _ failure: RunnerError?, _ begun: ContinuousClock.Instant
    ) async throws(WireError) -> JobOutcome {
        let standing: Standing
        switch await Evidence.gather(database, schema: context.schema, table: context.table) {
        case .unknown(let reason):
            throw WireError(
                .outcomeUnknown,
                "it is not known what became of the run: \(reason)" + (failure.map { " (\($0.message))" } ?? ""))
        case .rows(let rows): standing = Standing(rows, context, graph: survey.project.graph)
        }
        // A run whose last word was lost has succeeded when the rows say so.
        if let failure, !(standing.isComplete && failure.code.isSilence) { throw Failure.error(failure, standing) }
        guard standing.isComplete else {
            throw Failure.error(
                message:
                    "env.py ended without an error, but the rows are not the expected ones: look for a transaction "
                    + "that env.py opens and does not commit", standing)
        }
        let after = await database.diagnose(maximumAge: .zero)
        try requireWhole(after, survey, standing)
        return try .succeeded(
            Migrate.Result(
                job: mutation.job.id, state: .succeeded, from: context.from.compactMap(\.self),
                to: standing.rows.compactMap(\.self).sorted(), applied: standing.applied,
                durationMs: (.now - begun).milliseconds, findings: after.result.findings))
    }

    /// Success means that the models lack nothing now that they had before.
    private func requireWhole(_ after: Observation, _ survey: Survey, _ standing: Standing) throws(WireError) {
        guard let before = survey.observation.missing else { return }
        guard let now = after.missing else {
            throw Failure.error(
                message: "the revisions ran, and the schema could not be read again; 'diagnose' tells it", standing)
        }
        let known = Set(before.map(\.object))
        // A column of a table that was not there at all has not been lost.
        let broken = now.filter { !known.contains($0.object) && !known.contains($0.column?.table ?? "") }
        guard broken.isEmpty else {
            throw Failure.error(
                message: "the revisions ran, and now the models lack \(TerminalText.list(broken.map(\.object)))",
                standing)
        }
    }
}

extension RunnerError.Code {
    /// Whether the run said nothing of its own about how it ended.
    fileprivate var isSilence: Bool {
        switch self {
        case .runnerLost, .deadlineExceeded, .cancelled: true
        default: false
        }
    }
}
