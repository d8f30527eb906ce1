import Alembic
import Diagnosis
import Journal
import Postgres
import Revisions
import Wire

/// Runs what is pending, once, and says only what was read again afterwards.
struct MigrationJob: Sendable {
    let mutation: Mutation
    let parameters: Migrate.Parameters

    private var database: ManagedDatabase { mutation.database }

    func run() async throws(WireError) -> JobOutcome {
        let begun = ContinuousClock.now
        let lock = RunnerLock(database, job: mutation.job.id)
        try await lock.take(until: mutation.waitsUntil) { message in
            mutation.publish(Progress(phase: .waiting, message: message))
        }
        do throws(WireError) {
            let outcome = try await run(begun)
            await lock.release()
            return outcome
        } catch {
            await lock.release()
            throw error
        }
    }

    private func run(_ begun: ContinuousClock.Instant) async throws(WireError) -> JobOutcome {
        let survey = try await database.survey()
        let plan = try survey.plan(to: parameters.to ?? ["heads"])
        try check(plan)
        guard !plan.steps.isEmpty else {
            // Nothing to run is not the same as nothing wrong: a stamped database lacks what its rows promise.
            let findings = await database.diagnose(maximumAge: .seconds(1)).result.findings
            return try .succeeded(
                Migrate.Result(
                    job: mutation.job.id, state: .succeeded, from: plan.from, to: plan.from, applied: [],
                    durationMs: (.now - begun).milliseconds, findings: findings))
        }
        let before = await database.diagnose(maximumAge: .zero)
        try await mutation.begin(
            JobContext(
                from: plan.from, to: plan.to, steps: plan.steps, schema: survey.reading.versionTable.schema,
                table: survey.reading.versionTable.name))
        mutation.publish(Progress(phase: .starting, total: plan.steps.count))
        let failure = await execute(plan, survey)
        mutation.publish(Progress(phase: .verifying))
        return try await conclude(plan, survey, failure, before, begun)
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
    private func execute(_ plan: MigrationPlan, _ survey: Survey) async -> RunnerError? {
        let deadline = parameters.runDeadlineMs.map { Duration.milliseconds($0) } ?? database.settings.migrateDeadline
        let run = MigrationRun(
            targets: plan.to, expectedRows: plan.from, expectedRevisions: plan.steps,
            versionTable: survey.description.versionTable, fence: Locks.fence,
            lockTimeout: "\(database.settings.lockTimeout.milliseconds)ms",
            statementTimeout: "\(database.settings.statementTimeout.milliseconds)ms",
            applicationName: "schemad migrate \(mutation.job.id)", sha256: survey.project.sha256, deadline: deadline)
        let progress = RunProgress(total: plan.steps.count)
        do {
            _ = try await database.runner(survey.project).migrate(
                run, prove: { report in try await database.proves(report, lock: Locks.fence) }
            ) { event in
                if let step = progress.step(event) { mutation.publish(step) }
            }
            return nil
        } catch {
            return error
        }
    }

    /// Reads rows and schema again on a fresh connection: that, not what the run said, is the outcome.
    private func conclude(
        _ plan: MigrationPlan, _ survey: Survey, _ failure: RunnerError?, _ before: Observation,
        _ begun: ContinuousClock.Instant
    ) async throws(WireError) -> JobOutcome {
        let evidence = await Evidence.gather(database, context: context(plan, survey), graph: survey.project.graph)
        let after = await database.diagnose(maximumAge: .zero)
        switch evidence {
        case .unknown(let reason):
            throw WireError(
                .outcomeUnknown,
                "it is not known what became of the run: \(reason)" + (failure.map { " (\($0.message))" } ?? ""))
        case .known(let rows, let applied):
            let isComplete = Set(rows) == Set(plan.to)
            // A run whose last word was lost has succeeded when the rows say so.
            if let failure, !(isComplete && failure.code.isSilence) {
                throw Failure.error(failure, applied: applied, rows: rows, plan: plan)
            }
            guard isComplete else {
                throw Failure.error(
                    message: "env.py ended without an error, but the rows are not the expected ones: the run was not "
                        + "recorded; look for a transaction that env.py opens and does not commit",
                    applied: applied, rows: rows, plan: plan)
            }
            let broken = after.breaking.subtracting(before.breaking)
            guard broken.isEmpty else {
                throw Failure.error(
                    message: "the revisions ran, and now the models lack \(TerminalText.list(broken.sorted()))",
                    applied: applied, rows: rows, plan: plan)
            }
            return try .succeeded(
                Migrate.Result(
                    job: mutation.job.id, state: .succeeded, from: plan.from, to: rows.sorted(), applied: applied,
                    durationMs: (.now - begun).milliseconds, findings: after.result.findings))
        }
    }

    private func context(_ plan: MigrationPlan, _ survey: Survey) -> JobContext {
        JobContext(
            from: plan.from, to: plan.to, steps: plan.steps, schema: survey.reading.versionTable.schema,
            table: survey.reading.versionTable.name)
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
