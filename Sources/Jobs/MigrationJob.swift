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

    private let execution: JobExecution
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

    package func run(_ runGuard: RunGuard) async throws(JobsError) -> JobOutcome {
        let begun = ContinuousClock.now
        let inputs = try await execution.inputs(awaitingReplay: { $0.needsReplayToMigrate })
        let plan = try inputs.migrationPlan(to: parameters.to)
        try check(plan)
        // Another job may have run while this one waited for the lock.
        guard !plan.steps.isEmpty else { return try nothingToDo(plan, inputs, begun) }
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
        return try await conclude(recorded, inputs, outcome, failure, begun)
    }

    package func recover(_ plan: RecordedPlan, _ progress: RecordedProgress) throws(JobsError) -> JobOutcome {
        guard progress.isComplete else { throw .interrupted(progress) }
        return try .succeeded(
            Migrate.Result(
                job: execution.job.id, state: .succeeded, from: plan.from.compactMap(\.self),
                to: progress.rows.compactMap(\.self).sorted(), applied: plan.steps, durationMs: nil))
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

    /// Runs the revisions.
    ///
    /// - Returns: what the run did, and what failed; nil when env.py ended without an error.
    private func migrate(
        _ plan: MigrationPlan, _ inputs: PlanningInputs, _ runGuard: RunGuard, _ steps: MigrationSteps
    ) async -> (MigrationRun.Outcome, AlembicError?) {
        let deadline =
            parameters.runDeadlineMs.map { TimeLimit(.milliseconds($0), setting: "runDeadlineMs of the request") }
            ?? TimeLimit(database.settings.migrateDeadline, setting: "migrate_deadline")
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

    /// Reads rows and schema again on a new connection: they decide the outcome, not what the run reported.
    private func conclude(
        _ plan: RecordedPlan, _ inputs: PlanningInputs, _ outcome: MigrationRun.Outcome, _ failure: AlembicError?,
        _ begun: ContinuousClock.Instant
    ) async throws(JobsError) -> JobOutcome {
        let progress: RecordedProgress
        switch await Conclusion.reach(about: plan, on: database, graph: inputs.project.graph) {
        case .recorded(let recorded): progress = recorded
        case .unknown(let reason):
            throw JobsError(
                .outcomeUnknown,
                "the outcome of the run is not known: \(reason)" + (failure.map { " (\($0.message))" } ?? ""))
        }
        let own = OwnWork(outcome, failure)
        let applied = own.certain.filter(progress.applied.contains)
        var note: String?
        if !own.explains(progress.rows, from: plan.from, inputs.project.graph) {
            let others = progress.movedByOthers(
                database.name, applied, failure, environmentChangesRows: inputs.environmentChangesRows)
            guard progress.isComplete, !outcome.autocommitted else { throw others }
            note = others.message
        } else if let failure {
            // A run that ended without a report has succeeded when the rows say so.
            guard progress.isComplete, failure.code.isWithoutReport else {
                let isCreated = inputs.live.versionTable.isMissing && failure.createsWhatExists
                throw JobsError(failure, progress, isContended: isCreated)
            }
        } else if !progress.isComplete {
            throw JobsError(
                message:
                    "env.py ended without an error, but the rows are not the expected ones: look for a transaction "
                    + "that env.py opens and does not commit", progress)
        }
        let after = await database.diagnose(maximumAge: .zero)
        try requireNothingLost(before: inputs.diagnosis, after: after, progress)
        return try .succeeded(
            Migrate.Result(
                job: execution.job.id, state: .succeeded, from: plan.from.compactMap(\.self),
                to: progress.rows.compactMap(\.self).sorted(), applied: applied,
                durationMs: (.now - begun).milliseconds, findings: after.assessment.findings, note: note))
    }

    /// Success means that the database still has everything that the models need and that it had before.
    private func requireNothingLost(
        before: DatabaseDiagnosis, after: DatabaseDiagnosis, _ progress: RecordedProgress
    ) throws(JobsError) {
        guard let before = before.missingObjects else { return }
        guard let now = after.missingObjects else {
            throw JobsError(
                message: "the revisions ran, but the schema could not be read again; 'diagnose' shows it", progress)
        }
        let known = Set(before.map(\.object))
        // A column of a table that did not exist before has not been lost.
        let lost = now.filter { !known.contains($0.object) && !known.contains($0.column?.table ?? "") }
        guard lost.isEmpty else {
            throw JobsError(
                message: "the revisions ran, but the models now lack \(SafeText.list(lost.map(\.object)))", progress)
        }
    }
}

extension PlanningInputs {
    /// Whether env.py itself was seen to change version rows, so that changed rows do not show that somebody else did.
    fileprivate var environmentChangesRows: Bool {
        diagnosis.facts.environmentChanges?.changes.contains { $0.hasPrefix("changes the rows of") } ?? false
    }
}
