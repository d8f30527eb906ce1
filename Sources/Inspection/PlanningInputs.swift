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
    /// - Throws: `projectInvalid` when the project's files cannot be read, or why the database cannot be read.
    package func planningInputs() async throws(InspectionError) -> PlanningInputs {
        let inputs = await inputs(retries: true)
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

    /// The same for a request, which waits no longer than its deadline.
    ///
    /// - Throws: `deadlineExceeded` and `cancelled` as well.
    package func planningInputs(
        until deadline: ContinuousClock.Instant
    ) async throws(InspectionError) -> PlanningInputs {
        try await Deadline.wait(until: deadline, late: InspectionError.late, cancelled: InspectionError.callerGone) {
            do throws(InspectionError) {
                return .success(try await self.planningInputs())
            } catch {
                return .failure(error)
            }
        }
    }
}
