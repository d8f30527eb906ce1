import Alembic
import Diagnosis
import Postgres
import Revisions
import Schema
import Wire

/// All three, for a plan or a mutation.
struct Survey: Sendable {
    var project: Project
    var description: Description
    var reading: DatabaseReading
    /// What the migrations make at the live rows; `nil` while that is not known.
    var expected: Catalog?
    /// The diagnosis of just this.
    var observation: Observation

    /// - Throws: as ``MigrationPlan/init(to:graph:database:contentHash:)``.
    func plan(to targets: [String]) throws(WireError) -> MigrationPlan {
        try MigrationPlan(to: targets, graph: project.graph, database: reading, contentHash: project.contentHash)
    }
}

extension ManagedDatabase {
    /// ``gather(retries:)`` for a request that cannot go on unless all of it is there.
    func survey() async throws(WireError) -> Survey {
        let gathering = await gather(retries: true)
        let project: Project
        let reading: DatabaseReading
        do {
            project = try gathering.project.get()
        } catch {
            throw WireError(error)
        }
        do {
            reading = try gathering.reading.get()
        } catch {
            throw WireError(error, on: name)
        }
        if case .denied(let message) = reading.versionTable.presence {
            throw WireError(
                .permissionDenied, "the version table \(reading.versionTable.name) cannot be read: \(message)")
        }
        if case .other(let kind) = reading.versionTable.presence {
            throw WireError(
                .precondition, "\(reading.versionTable.name) is a \(kind), not a table; 'diagnose' says what to do")
        }
        guard let description = gathering.description else {
            throw WireError(.databaseUnavailable, "env.py of database \(name) could not be asked")
        }
        do {
            return Survey(
                project: project, description: try description.get(), reading: reading,
                expected: gathering.expectedCatalog,
                observation: await observe(gathering))
        } catch {
            throw WireError(error)
        }
    }

    /// ``survey()`` for a request, which waits no longer than its deadline.
    func survey(until deadline: ContinuousClock.Instant) async throws(WireError) -> Survey {
        try await Deadline.wait(until: deadline) {
            do throws(WireError) { return .success(try await self.survey()) } catch { return .failure(error) }
        }
    }
}

extension WireError {
    init(_ error: ProjectError) {
        self.init(.projectInvalid, error.description)
        details = .object(
            JSON.Object([
                .init("code", .string(error.code)), .init("file", error.file.map(JSON.string) ?? .null),
                .init("line", error.line.map { .integer(Int64($0)) } ?? .null),
            ]))
    }

    init(_ error: RunnerError) {
        self.init(ErrorCode(error.code), "\(error.code.rawValue): \(error)")
        details = .object(
            JSON.Object([
                .init("code", .string(error.code.rawValue)), .init("file", error.file.map(JSON.string) ?? .null),
                .init("line", error.line.map { .integer(Int64($0)) } ?? .null),
            ]))
    }
}
