import Alembic
import Diagnosis
import Postgres
import Schema

/// Project, env.py's answer and the database, each as it is or why it could not be had.
struct Gathering: Sendable {
    /// The project's folder.
    var folder: String
    var project: Result<Project, ProjectError>
    /// `nil` while env.py could not be asked because the database does not answer.
    var description: Result<Description, RunnerError>?
    /// When the database was asked; env.py may have taken its time before.
    var readAt = ContinuousClock.now
    var reading: Result<DatabaseReading, PostgresError> = .failure(
        PostgresError(kind: .unreachable, message: "The database was not asked."))
    var probes: [ProbeFacts] = []
    let memory: ComparisonMemory
    /// Names the project as it is now, env.py's answer included; nil while it cannot be read or run.
    var projectKey: String?
    /// What the agent runs and others may write.
    var writableFiles: [WritableFile] = []
    /// What migrations and models make of an empty database.
    var expectation = ExpectedSchemas.State.missing("the project cannot be read or run")
    /// Where live is in the project's history; `nil` while that is not known.
    var place: ReadBackTexts.Place?
    var readBack = ReadBackTexts.Answers()
    var ignore: [IgnoreRule] = []
    /// What somebody has accepted; a failure is one clause that completes "because …".
    var baseline: Result<Baseline?, BaselineFile.Fault> = .success(nil)
    /// How often it was read anew.
    var baselineReads = 0
}
