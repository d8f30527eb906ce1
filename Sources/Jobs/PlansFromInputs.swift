import Alembic
package import Diagnosis
package import Inspection
import Journal
package import Plans
import Revisions
import Runtime
import Schema
import Text
package import Wire

extension PlanningInputs {
    /// What `migrate` would run now.
    ///
    /// - Parameter targets: as Alembic takes them; nil means `heads`.
    package func migrationPlan(to targets: [String]?) throws(JobsError) -> MigrationPlan {
        try requireProject()
        guard !needsReplayToMigrate else {
            throw JobsError(
                .deadlineExceeded,
                "there are no version rows, and whether the tables of the database are this project's is not known until "
                    + "its migrations have been replayed, which was not done before the deadline: nothing was run; try "
                    + "again")
        }
        if let former = diagnosis.facts.formerVersionTables.first {
            throw JobsError(
                .precondition,
                "the version table \(live.versionTableName.sql()) has no rows, but \(former.name.sql()) has those of this "
                    + "project (\(SafeText.list(former.rows))): every migration would run again; 'diagnose' says how to move "
                    + "it, nothing was run")
        }
        do throws(PlansError) {
            try MigrationPlan.requireUsable(project.graph)
            return try MigrationPlan(
                to: targets ?? ["heads"], graph: project.graph, versionTable: live.versionTable,
                applicationTables: diagnosis.facts.projectTables ?? live.applicationTables,
                contentHash: project.contentHash)
        } catch {
            throw JobsError(error)
        }
    }

    /// The findings of the diagnosis. What the role lacks is about the revisions of the plan instead of all pending ones.
    package func findings(about plan: MigrationPlan) -> [Finding] {
        let own = Finding.missingPrivileges(diagnosis.facts, for: plan.steps, from: plan.from)
        var findings = diagnosis.assessment.findings
        let place = findings.firstIndex { $0.code == Finding.missingPrivilegesCode }
        if let place { findings.remove(at: place) }
        if let own {
            findings.insert(own, at: place ?? findings.firstIndex { $0.severity > own.severity } ?? findings.endIndex)
        }
        return findings
    }

    /// - Throws: `permissionDenied` when the revisions of the plan fail for certain because the role may not do what they
    ///   do.
    package func requirePrivileges(for plan: MigrationPlan) throws(JobsError) {
        guard let missing = diagnosis.facts.missingPrivileges(for: plan.steps, from: plan.from), missing.isCertain
        else {
            return
        }
        throw JobsError(
            .permissionDenied,
            "role \(SQLIdentifier.quoted(missing.privileges.role)) lacks \(SafeText.list(missing.clauses)): the run would "
                + "fail, nothing was run; 'plan' shows the statements that grant it")
    }

    /// - Throws: `precondition` when a revision of the plan fails for certain, because the database has what it creates, or
    ///   has not what it drops.
    package func requireRunnable(_ plan: MigrationPlan) throws(JobsError) {
        guard let failure = diagnosis.facts.certainFailure, plan.steps.contains(failure.revision) else { return }
        throw JobsError(
            .precondition,
            "revision \(failure.revision) would fail with \(failure.sqlstate ?? "an error"), as it did in the shadow "
                + "with the schema of this database: \(failure.message); nothing was run; 'diagnose' shows what the "
                + "database has already")
    }

    /// What `fixVersion` would change now.
    ///
    /// - Parameter target: the rows to write; nil when the table itself, or the schema, shows them.
    package func repairPlan(to target: [String]?) throws(JobsError) -> RepairPlan {
        try requireProject()
        do {
            return try RepairPlan(
                live.versionTable, graph: project.graph, to: target,
                shownBySchema: diagnosis.assessment.rowsShownBySchema)
        } catch {
            throw JobsError(error)
        }
    }

    /// The result of a plan, with what the schema says about rows that were chosen.
    ///
    /// - Parameter target: the rows that were chosen; nil for a repair that the table itself shows.
    package func result(of plan: RepairPlan, to target: [String]?) -> FixVersion.Result {
        var result = FixVersion.Result(plan)
        if case .refused = plan.repair, target == nil, let former = diagnosis.facts.formerVersionTables.first {
            result.reason =
                (result.reason.map { $0 + " " } ?? "")
                + "\(former.name.sql()) has \(SafeText.list(former.rows)): 'diagnose' says how to move it."
        }
        guard target != nil, case .planned(_, let after) = plan.repair else { return result }
        if let evidence = evidence(for: after) {
            result.candidates = [
                .init(
                    rows: after, matching: evidence.matching, contradicting: evidence.contradicting, undecidable: [])
            ]
        } else {
            result.reason =
                "Whether the schema contradicts these rows is not known: "
                + (isReplaying
                    ? "the migrations are still being replayed."
                    : "the migrations could not be replayed to these rows.")
        }
        return result
    }

    /// What `align` would add now.
    package func alignmentPlan() throws(JobsError) -> AlignmentPlan {
        try requireProject()
        // As differences are named, which say what may have been renamed.
        let defaultSchema = (try? description())?.models?.defaultSchema ?? live.versionTable.schema
        do {
            try MigrationPlan.requireUsable(project.graph)
            return try AlignmentPlan(
                expected: expected, live: live.catalog, differences: diagnosis.comparison?.differences ?? [],
                defaultSchema: defaultSchema)
        } catch {
            throw JobsError(error)
        }
    }

    /// Reports a problem of the version table first: env.py also fails when it cannot read that table.
    func requireProject() throws(JobsError) {
        do {
            try live.versionTable.requireReadable()
        } catch {
            throw JobsError(error)
        }
        do {
            _ = try description()
        } catch {
            throw JobsError(error)
        }
    }
}

extension ManagedDatabase {
    /// Project and database as they are now, for a job.
    func jobInputs() async throws(JobsError) -> PlanningInputs {
        do {
            return try await planningInputs()
        } catch {
            throw JobsError(error)
        }
    }
}

extension JobExecution {
    /// Project and database, once the migrations have been replayed where that is needed; the wait ends at the deadline
    /// of the job.
    ///
    /// - Parameter isNeeded: whether the replay is needed, while it is under way.
    /// - Throws: `draining` as well.
    func inputs(
        awaitingReplay isNeeded: @Sendable (PlanningInputs) -> Bool
    ) async throws(JobsError) -> PlanningInputs {
        let inputs: PlanningInputs
        do {
            inputs = try await database.planningInputs(
                awaitingReplay: isNeeded, atMostUntil: deadline, isCancelled: { engine.isDraining },
                waiting: { publish(Progress(phase: .waiting, message: $0)) })
        } catch {
            throw JobsError(error)
        }
        if engine.isDraining, inputs.isReplaying, isNeeded(inputs) { throw .draining }
        return inputs
    }
}

/// - Throws: `precondition` unless the current plan is the one that the request names.
func require(plan current: String?, is expected: String?) throws(JobsError) {
    do {
        try requirePlan(current, is: expected)
    } catch {
        throw JobsError(error)
    }
}
