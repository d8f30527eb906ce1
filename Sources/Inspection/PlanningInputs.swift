package import Alembic
import Diagnosis
import Runtime
package import Schema

/// Project and database as a plan or a job needs them: both could be read.
package struct PlanningInputs: Sendable {
    package var project: Project
    package var live: LiveState
    /// What the migrations create at the live rows; nil while that is not known.
    package var expected: Catalog?
    /// The diagnosis of exactly these inputs.
    package var diagnosis: DatabaseDiagnosis
    private var described: Result<ProjectDescription, InspectionError>
    /// What the schema says about rows; nil where that is not known.
    private var evidence: @Sendable ([String]) -> RowEvidence?

    package init(
        project: Project, live: LiveState, expected: Catalog?, diagnosis: DatabaseDiagnosis,
        described: Result<ProjectDescription, InspectionError>,
        evidence: @escaping @Sendable ([String]) -> RowEvidence? = { _ in nil }
    ) {
        self.project = project
        self.live = live
        self.expected = expected
        self.diagnosis = diagnosis
        self.described = described
        self.evidence = evidence
    }

    /// What env.py returned.
    ///
    /// - Throws: why env.py could not be run.
    package func description() throws(InspectionError) -> ProjectDescription { try described.get() }

    /// What the schema says about these rows; nil where that is not known.
    ///
    /// - Parameter rows: ids of the project; empty is the database before the first revision.
    package func evidence(for rows: [String]) -> RowEvidence? { evidence(rows) }

    /// Whether a migration can be planned only when the replay is done: there are no version rows, and it is not known
    /// whose the tables are.
    package var needsReplayToMigrate: Bool {
        live.versionTable.rows?.isEmpty ?? live.versionTable.isMissing && diagnosis.facts.mayBeFresh == nil
    }

    /// Whether the migrations are being replayed.
    package var isReplaying: Bool { diagnosis.facts.isReplaying }
}

extension ManagedDatabase {
    /// Reads project and database now; cached failures are tried again.
    ///
    /// - Parameter waitsAgain: whether this waits for an env.py that took too long before.
    /// - Throws: `projectInvalid` when the project's files cannot be read, or why the database cannot be read.
    package func planningInputs(waitsAgain: Bool = true) async throws(InspectionError) -> PlanningInputs {
        let inputs = await inputs(retries: true, waitsAgain: waitsAgain)
        let project: Project
        do {
            project = try inputs.project.get()
        } catch {
            throw InspectionError(error)
        }
        let live: LiveState
        do {
            live = try inputs.live.get()
        } catch {
            var failure = InspectionError(error, database: name)
            if let holder = inputs.changingSessions.first {
                failure.message +=
                    "; \(ChangingSessionFacts(holder).text) holds locks as a migration does: let it finish"
            }
            throw failure
        }
        let described: Result<ProjectDescription, InspectionError> =
            inputs.description?.mapError { InspectionError($0) }
            ?? .failure(InspectionError(.databaseUnavailable, "env.py of database \(name) could not be run"))
        return PlanningInputs(
            project: project, live: live, expected: inputs.expectedCatalog, diagnosis: await diagnosis(inputs),
            described: described, evidence: { rows in inputs.evidence(for: rows) })
    }

    /// The same, once the migrations have been replayed where that is needed.
    ///
    /// - Parameters:
    ///   - isNeeded: whether the replay is needed, while it is under way.
    ///   - limit: returns without the replay after this.
    ///   - waitsAgain: whether this waits for an env.py that took too long before.
    ///   - isCancelled: whether to stop waiting.
    ///   - waiting: called once when it waits, with what it waits for.
    package func planningInputs(
        awaitingReplay isNeeded: @Sendable (PlanningInputs) -> Bool, atMostUntil limit: ContinuousClock.Instant,
        waitsAgain: Bool = true, isCancelled: @Sendable () -> Bool = { false },
        waiting: @Sendable (String) -> Void = { _ in }
    ) async throws(InspectionError) -> PlanningInputs {
        var isFirst = true
        while true {
            let inputs = try await planningInputs(waitsAgain: waitsAgain)
            guard inputs.isReplaying, isNeeded(inputs), .now < limit, !isCancelled(), !Task.isCancelled else {
                return inputs
            }
            if isFirst { waiting("waiting until the migrations have been replayed\(replayPlace)") }
            isFirst = false
            await replayEnded(atMostUntil: limit, isCancelled)
        }
    }

    /// How far the replay is, for a message; empty while that is not known.
    package var replayPlace: String { replay.map { " (revision \($0.revision) of \($0.total))" } ?? "" }

    /// The same for a request, which responds shortly before its deadline in any case, and does not wait for an env.py
    /// that took too long before.
    ///
    /// - Throws: `deadlineExceeded`, which says so when env.py is still running, and `cancelled` as well.
    package func planningInputs(
        awaitingReplay isNeeded: @escaping @Sendable (PlanningInputs) -> Bool = { _ in false },
        until deadline: ContinuousClock.Instant
    ) async throws(InspectionError) -> PlanningInputs {
        let begun = ContinuousClock.now
        // Time to answer without the replay.
        let limit = deadline - min(.seconds(2), max(.zero, (deadline - .now) / 4))
        do throws(InspectionError) {
            return try await Deadline.wait(
                until: Self.withoutPython(begun, deadline), late: InspectionError.late,
                cancelled: InspectionError.callerGone
            ) {
                do throws(InspectionError) {
                    return .success(
                        try await self.planningInputs(
                            awaitingReplay: isNeeded, atMostUntil: limit, waitsAgain: false))
                } catch {
                    return .failure(error)
                }
            }
        } catch {
            guard error.code == .deadlineExceeded, error.project == nil, isWaitingForPython else { throw error }
            throw InspectionError(environmentRunning(since: begun))
        }
    }
}
