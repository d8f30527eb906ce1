import Alembic
import Diagnosis
import Inspection
import Journal
import Plans
import Postgres
import Revisions
import Runtime
import Schema
import Text
import Wire

/// Runs pending migrations once, and reports only what was read from the database afterwards.
package struct MigrationJob: JobKind {
    package struct Parameters: Codable, Hashable, Sendable {
        /// Targets as Alembic takes them; nil means `heads`.
        package var to: [String]?
        /// Run only while this plan still holds.
        package var plan: String?
        /// Run only from exactly these rows; an empty list means a database without any.
        package var expectFrom: [String]?
        /// Limits the run itself, in milliseconds; nil means the database's `migrate_deadline`.
        package var runDeadlineMs: Int64?

        package init(
            to: [String]? = nil, plan: String? = nil, expectFrom: [String]? = nil, runDeadlineMs: Int64? = nil
        ) {
            self.to = to
            self.plan = plan
            self.expectFrom = expectFrom
            self.runDeadlineMs = runDeadlineMs
        }
    }

    package static let name = "migrate"

    /// What a run that has just ended knows about itself.
    package struct Report: Sendable {
        fileprivate var begun: ContinuousClock.Instant
        fileprivate var inputs: PlanningInputs
        fileprivate var outcome: MigrationRun.Outcome
        /// Nil when env.py ended without an error.
        fileprivate var failure: AlembicError?
        /// Why the agent stopped the run; nil when it did not.
        fileprivate var refusal: JobsError?
    }

    package let execution: JobExecution
    private let parameters: Parameters

    private var database: ManagedDatabase { execution.database }

    package init(_ execution: JobExecution, _ parameters: Parameters) {
        self.execution = execution
        self.parameters = parameters
    }

    /// Needs no lock: rows that equal the target have been committed, even while something else is running.
    package func outcomeWithoutRunning() async throws(JobsError) -> JobOutcome? {
        let begun = ContinuousClock.now
        let inputs = try await execution.inputs(awaitingReplay: { $0.needsReplayToMigrate })
        let plan = try inputs.migrationPlan(to: parameters.to)
        guard plan.steps.isEmpty else { return nil }
        try check(plan)
        return try nothingToDo(plan, inputs, begun)
    }

    package func run(_ runGuard: RunGuard) async throws(JobsError) -> RunEnd<Report> {
        let begun = ContinuousClock.now
        let inputs = try await execution.inputs(awaitingReplay: { $0.needsReplayToMigrate })
        let plan = try inputs.migrationPlan(to: parameters.to)
        try check(plan)
        // Another job may have run while this one waited for the lock.
        guard !plan.steps.isEmpty else { return .unchanged(try nothingToDo(plan, inputs, begun)) }
        try inputs.requirePrivileges(for: plan)
        try inputs.requireRunnable(plan)
        let recorded = RecordedPlan(
            from: plan.from, to: plan.to, steps: plan.steps, schema: inputs.live.versionTable.schema,
            table: inputs.live.versionTable.name, server: await runGuard.server)
        try await execution.begin(recorded)
        execution.publish(Progress(phase: .starting, total: plan.steps.count))
        let steps = MigrationSteps(execution, runGuard)
        let (outcome, failure) = await migrate(plan, inputs, runGuard, steps)
        execution.publish(Progress(phase: .verifying))
        return .ran(
            recorded,
            Report(begun: begun, inputs: inputs, outcome: outcome, failure: failure, refusal: steps.refusal))
    }

    /// Without an error the run has recorded all of its revisions, provided that env.py commits.
    package func conclusionReport(_ report: Report) -> Conclusion.Report {
        Conclusion.Report(committed: report.failure == nil ? report.outcome.applied : report.outcome.committed)
    }

    /// Nothing to run does not mean that nothing is wrong: a stamped database lacks what its rows claim.
    private func nothingToDo(
        _ plan: MigrationPlan, _ inputs: PlanningInputs, _ begun: ContinuousClock.Instant
    ) throws(JobsError) -> JobOutcome {
        try .succeeded(
            Migrate.Result(
                job: execution.job.id, state: .succeeded, from: plan.from, to: plan.from, applied: [],
                durationMs: (.now - begun).milliseconds, findings: inputs.diagnosis.assessment.findings))
    }

    /// The caller's own conditions.
    private func check(_ plan: MigrationPlan) throws(JobsError) {
        do {
            try plan.requireRows(parameters.expectFrom)
        } catch {
            throw JobsError(error)
        }
        try require(plan: plan.id, is: parameters.plan)
    }

    /// Runs the revisions, again when a lock was not granted in time and everything was rolled back.
    ///
    /// - Returns: what the last attempt did, and what failed; nil when env.py ended without an error.
    private func migrate(
        _ plan: MigrationPlan, _ inputs: PlanningInputs, _ runGuard: RunGuard, _ steps: MigrationSteps
    ) async -> (MigrationRun.Outcome, AlembicError?) {
        var deadline =
            parameters.runDeadlineMs.map { TimeLimit(.milliseconds($0), setting: "runDeadlineMs of the request") }
            ?? TimeLimit(database.settings.migrateDeadline, setting: "migrate_deadline")
        let end = ContinuousClock.now + deadline.duration
        var attempt = 1
        while true {
            let (outcome, failure) = await attemptOnce(plan, inputs, runGuard, steps, deadline)
            let pause = Self.pause(before: attempt + 1)
            guard let failure, failure.sqlstate == Self.lockNotAvailable, outcome.committed.isEmpty,
                !outcome.autocommitted, attempt <= database.settings.lockRetries, .now + pause < end
            else { return (outcome, failure) }
            attempt += 1
            execution.publish(
                Progress(phase: .retrying, revision: failure.revision, attempt: attempt, message: failure.message))
            guard await waits(pause) else { return (outcome, failure) }
            deadline.duration = end - .now
        }
    }

    /// SQLSTATE of a lock timeout.
    private static let lockNotAvailable = "55P03"

    /// A growing time, chosen at random so that several agents do not try at the same moment.
    private static func pause(before attempt: Int) -> Duration {
        .milliseconds(min(10_000, 250 << min(attempt - 2, 8))) * Double.random(in: 0.5...1)
    }

    /// - Returns: false when the job is cancelled or the agent ends meanwhile.
    private func waits(_ pause: Duration) async -> Bool {
        let end = ContinuousClock.now + pause
        // Neither is announced to a task: poll.
        while .now < end {
            guard !execution.cancellation.isRequested, !execution.engine.isDraining else { return false }
            try? await Task.sleep(for: min(.milliseconds(100), end - .now))
        }
        return true
    }

    private func attemptOnce(
        _ plan: MigrationPlan, _ inputs: PlanningInputs, _ runGuard: RunGuard, _ steps: MigrationSteps,
        _ deadline: TimeLimit
    ) async -> (MigrationRun.Outcome, AlembicError?) {
        let run = MigrationRun(
            targets: plan.to, expectedRows: plan.from, expectedRevisions: plan.steps,
            versionTable: try? inputs.description().versionTable, fence: Locks.fence,
            lockTimeout: "\(database.settings.lockTimeout.milliseconds)ms",
            statementTimeout: "\(database.settings.statementTimeout.milliseconds)ms",
            applicationName: SessionOptions.applicationName(of: execution.job), sha256: inputs.project.sha256,
            deadline: deadline)
        let progress = RunProgress(total: plan.steps.count, graph: inputs.project.graph)
        do {
            let outcome = try await database.runner.migrate(run, cancellation: execution.cancellation) { report in
                try await runGuard.proves(report)
            } progress: { event in
                try await steps.record(event)
                if let step = progress.step(event) { execution.publish(step) }
            }
            await steps.committed()
            return (outcome, nil)
        } catch {
            return (error.outcome, error)
        }
    }

    package func outcome(_ conclusion: Conclusion, _ report: Report?) async throws(JobsError) -> JobOutcome {
        let note = try requireSuccess(conclusion, report)
        var result = Migrate.Result(
            job: execution.job.id, state: .succeeded, from: conclusion.plan.from.compactMap(\.self),
            to: conclusion.rows.compactMap(\.self).sorted(), applied: conclusion.own, durationMs: nil, note: note)
        guard let report else { return try .succeeded(result) }
        let after = await database.diagnose(maximumAge: .zero)
        try requireNothingLost(before: report.inputs.diagnosis, after: after, conclusion)
        result.durationMs = (.now - report.begun).milliseconds
        result.findings = after.assessment.findings
        return try .succeeded(result)
    }

    /// - Returns: what else is to be said about a success.
    private func requireSuccess(_ conclusion: Conclusion, _ report: Report?) throws(JobsError) -> String? {
        let failure = report?.failure
        guard conclusion.isExplained else {
            let others = conclusion.movedByOthers(
                database.name, failure, environmentChangesRows: report?.inputs.environmentChangesRows ?? false)
            // Since an earlier agent ended, the rows may have moved on.
            let isDone = conclusion.isComplete || (report == nil && conclusion.isFinished)
            guard isDone, conclusion.persisted.isEmpty else { throw others }
            return others.message
        }
        if conclusion.isComplete {
            // A run without a report, and one that lost the reply to its COMMIT, has succeeded when the rows say so.
            guard let report, let failure, !failure.code.isWithoutReport, !failure.isDuringCommit else { return nil }
            throw error(failure, report, conclusion)
        }
        guard let report else { throw .interrupted(conclusion) }
        if let failure { throw error(failure, report, conclusion) }
        throw JobsError(
            message:
                "env.py ended without an error, but the rows are not the expected ones: look for a transaction "
                + "that env.py opens and does not commit", conclusion)
    }

    private func error(_ failure: AlembicError, _ report: Report, _ conclusion: Conclusion) -> JobsError {
        let isCreated = report.inputs.live.versionTable.isMissing && failure.createsWhatExists
        return JobsError(failure, conclusion, isContended: isCreated, refusal: report.refusal)
    }

    /// Success means that the database still has everything that the models need and that it had before.
    private func requireNothingLost(
        before: DatabaseDiagnosis, after: DatabaseDiagnosis, _ conclusion: Conclusion
    ) throws(JobsError) {
        guard let before = before.missingObjects else { return }
        guard let now = after.missingObjects else {
            throw JobsError(
                message: "the revisions ran, but the schema could not be read again; 'diagnose' shows it", conclusion)
        }
        let known = Set(before.map(\.object))
        // A column of a table that did not exist before has not been lost.
        let lost = now.filter { !known.contains($0.object) && !known.contains($0.column?.table ?? "") }
        guard lost.isEmpty else {
            throw JobsError(
                message: "the revisions ran, but the models now lack \(SafeText.list(lost.map(\.object)))", conclusion)
        }
    }
}

extension PlanningInputs {
    /// Whether env.py itself was seen to change version rows, so that changed rows do not show that somebody else did.
    fileprivate var environmentChangesRows: Bool {
        diagnosis.facts.environmentChanges?.changes.contains { $0.hasPrefix("changes the rows of") } ?? false
    }
}

extension AlembicError.Code {
    /// Whether the run ended without reporting its own outcome.
    fileprivate var isWithoutReport: Bool {
        switch self {
        case .runnerLost, .deadlineExceeded, .cancelled: true
        default: false
        }
    }
}
