package import Alembic
package import Schema
import Runtime

/// Project and database as a plan or a job needs them: both could be read.
package struct PlanningInputs: Sendable {
    package var project: Project
    package var live: LiveState
    /// What the migrations create at the live rows; nil while that is not known.
    package var expected: Catalog?
    /// The diagnosis of exactly these inputs.
    package var diagnosis: DatabaseDiagnosis
    private var described: Result<ProjectDescription, InspectionError>

    package init(
        project: Project, live: LiveState, expected: Catalog?, diagnosis: DatabaseDiagnosis,
        described: Result<ProjectDescription, InspectionError>
    ) {
        self.project = project
        self.live = live
        self.expected = expected
        self.diagnosis = diagnosis
        self.described = described
    }

    /// What env.py returned.
    ///
    /// - Throws: why env.py could not be run.
    package func description() throws(InspectionError) -> ProjectDescription { try described.get() }
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
            throw InspectionError(error, database: name)
        }
        let described: Result<ProjectDescription, InspectionError> =
            inputs.description?.mapError { InspectionError($0) }
            ?? .failure(InspectionError(.databaseUnavailable, "env.py of database \(name) could not be run"))
        return PlanningInputs(
            project: project, live: live, expected: inputs.expectedCatalog, diagnosis: await diagnosis(inputs),
            described: described)
    }

    /// The same for a request, which responds shortly before its deadline in any case, and does not wait for an env.py
    /// that took too long before.
    ///
    /// - Throws: `deadlineExceeded`, which says so when env.py is still running, and `cancelled` as well.
    package func planningInputs(
        until deadline: ContinuousClock.Instant
    ) async throws(InspectionError) -> PlanningInputs {
        let begun = ContinuousClock.now
        do throws(InspectionError) {
            return try await Deadline.wait(
                until: Self.withoutPython(begun, deadline), late: InspectionError.late,
                cancelled: InspectionError.callerGone
            ) {
                do throws(InspectionError) {
                    return .success(try await self.planningInputs(waitsAgain: false))
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
