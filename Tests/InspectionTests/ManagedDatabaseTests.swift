import Alembic
import Diagnosis
import Postgres
import Revisions
import Schema
import Support
import Synchronization
import Testing

@testable import Inspection

/// A configured database whose server refuses every connection.
@Suite struct ManagedDatabaseTests {
    private static func with(
        _ change: (inout DatabaseSettings) -> Void = { _ in },
        _ body: (ProjectFolder, ManagedDatabase) async throws -> Void
    ) async throws {
        try await TemporaryFolder.with { folder in
            let project = try ProjectFolder(folder)
            var settings = project.settings
            change(&settings)
            let shadow = ShadowServer(ShadowSettings(server: .none))
            try await body(project, try ManagedDatabase(settings, stateDirectory: folder.path, shadow: shadow))
        }
    }

    /// Keeps a result of env.py in the state directory, as an earlier process would have.
    private static func keepDescription(_ project: ProjectFolder) async throws {
        let query = CachedRunnerQuery<ProjectDescription>(live: project.settings, stateDirectory: project.folder.path)
        _ = await query.run { () throws(AlembicError) in
            var description = try InspectionFixture.description.get()
            description.versionTable.name = "versions"
            return description
        }
    }

    @Test func aDiagnosis() async throws {
        try await Self.with { project, database in
            try project.endlessPython()
            let diagnosis = await database.diagnose(maximumAge: .zero)
            guard case .unreachable(let message) = diagnosis.facts.reachability else {
                Issue.record("\(diagnosis.facts.reachability)")
                return
            }
            #expect(message.contains("127.0.0.1") && !message.contains("s3cret"))
            #expect(diagnosis.database == "main" && diagnosis.graph?.heads == ["b"] && diagnosis.rows == nil)
            #expect(diagnosis.assessment.findings.map(\.code).contains("server.unreachable"))
            #expect(project.starts == 0, "env.py is started only for a database that responds")
        }
    }

    @Test func diagnosesAreCached() async throws {
        try await Self.with { _, database in
            let first = await database.diagnose(maximumAge: .seconds(60))
            let second = await database.diagnose(maximumAge: .seconds(60))
            let third = await database.diagnose(maximumAge: .zero)
            #expect(second.readAt == first.readAt && third.readAt > first.readAt)
            let latest = try await database.diagnose(maximumAge: .seconds(60), until: .now + .seconds(60))
            #expect(latest.readAt == database.monitor.latest?.diagnosis.readAt)
        }
    }

    /// Project and database are inspected apart: each may fail alone.
    @Test func aProjectThatCannotBeRead() async throws {
        try await Self.with({ $0.config = "missing.ini" }) { _, database in
            let diagnosis = await database.diagnose(maximumAge: .zero)
            #expect(diagnosis.facts.projectProblem?.code == "project.missing" && diagnosis.graph == nil)
            #expect(!diagnosis.isReachable)
            let error = await #expect(throws: InspectionError.self) { try await database.planningInputs() }
            #expect(error?.code == .projectInvalid && error?.project?.code == .projectMissing)
        }
    }

    /// A result of env.py that is still valid needs neither Python nor a connection.
    @Test func aKnownDescriptionIsUsed() async throws {
        try await Self.with { project, database in
            try project.endlessPython()
            let inputs = await database.inputs(retries: false)
            #expect(inputs.description == nil)
            try await Self.keepDescription(project)
            let next = try ManagedDatabase(
                project.settings, stateDirectory: project.folder.path,
                shadow: ShadowServer(ShadowSettings(server: .none)))
            let later = await next.inputs(retries: true)
            #expect(try later.description?.get().versionTable.name == "versions")
            #expect(project.starts == 0)
        }
    }

    /// Reading the database takes another path than the check before env.py; it fails the same way.
    @Test func factsBesideTheUnreachableServer() async throws {
        try await TemporaryFolder.with { folder in
            let project = try ProjectFolder(folder)
            try await Self.keepDescription(project)
            try project.folder.write("app/alembic.ini", "[alembic]\nscript_location = migrations\n", mode: 0o666)
            let database = try ManagedDatabase(
                project.settings, stateDirectory: folder.path, shadow: ShadowServer(ShadowSettings(server: .none)))
            let diagnosis = await database.diagnose(maximumAge: .zero)
            #expect(!diagnosis.isReachable && !diagnosis.hasModels && !diagnosis.hasMigrations)
            #expect(diagnosis.facts.writableFiles.map(\.path) == ["\(project.path)/alembic.ini"])
        }
    }

    @Test func inputsOfAPlan() async throws {
        try await Self.with { _, database in
            let error = await #expect(throws: InspectionError.self) { try await database.planningInputs() }
            #expect(error?.code == .databaseUnavailable && error?.message.hasPrefix("database main: ") == true)
            #expect(error?.message.contains("s3cret") == false)
            let same = await #expect(throws: InspectionError.self) {
                try await database.planningInputs(until: .now + .seconds(60))
            }
            #expect(same?.code == .databaseUnavailable)
        }
    }

    /// Python never ends here, so that the deadline always passes first.
    @Test func aDeadlineThatHasPassed() async throws {
        try await Self.with { project, database in
            try project.computedRevision("c")
            try project.endlessPython()
            let past = ContinuousClock.now - .seconds(1)
            let diagnosis = await #expect(throws: InspectionError.self) {
                try await database.diagnose(maximumAge: .zero, until: past)
            }
            let plan = await #expect(throws: InspectionError.self) { try await database.planningInputs(until: past) }
            for error in [diagnosis, plan] { #expect(error?.code == .deadlineExceeded) }
            #expect(diagnosis?.message.contains("deadline passed") == true)
        }
    }

    /// Requests respond before their deadline while Python loads scripts, and name the setting that ends it.
    @Test func whilePythonLoadsScripts() async throws {
        try await Self.with { project, database in
            try project.computedRevision("c")
            try project.endlessPython()
            let diagnosis = try await database.diagnoseInTime(
                maximumAge: .zero, retries: true, until: .now + .seconds(8))
            #expect(diagnosis.facts.projectProblem?.code == "project.environmentRunning")
            let finding = try #require(
                diagnosis.assessment.findings.first { $0.code == "project.environmentRunning" })
            #expect(finding.severity == .warning && finding.message.contains("60.0 seconds (environment_deadline)"))
            #expect(!diagnosis.assessment.healthy)
            let plan = await #expect(throws: InspectionError.self) {
                try await database.planningInputs(until: .now + .seconds(8))
            }
            #expect(plan?.code == .deadlineExceeded && plan?.project?.code == .environmentRunning)
            #expect(plan?.message.contains("environment_deadline") == true)
            let graph = await #expect(throws: AlembicError.self) {
                try await database.project(until: .now + .seconds(8))
            }
            #expect(graph?.code == .environmentRunning)
            #expect(project.starts == 1, "all of them wait for the same process")
        }
    }

    @Test func aCallerThatHasGone() async throws {
        try await Self.with { project, database in
            try project.computedRevision("c")
            try project.endlessPython()
            let caller = Task { () async -> InspectionError.Code? in
                do throws(InspectionError) {
                    _ = try await database.diagnose(maximumAge: .zero, until: .now + .seconds(3_600))
                    return nil
                } catch {
                    return error.code
                }
            }
            try await eventually("Python runs") { project.starts == 1 }
            caller.cancel()
            #expect(await caller.value == .cancelled)
        }
    }

    @Test func theProjectAlone() async throws {
        try await Self.with { project, database in
            #expect(try await database.project().graph.order == ["a", "b"])
            try project.folder.write("app/alembic.ini", "")
            let error = await #expect(throws: AlembicError.self) { try await database.project() }
            #expect(error?.code == .configurationInvalid)
        }
    }

    /// A session proves itself by its backend, and only a server can confirm it.
    @Test func connectionsThatCannotBeProven() async throws {
        try await Self.with { _, database in
            let other = ConnectionReport(dialect: "sqlite", driver: "sqlite3")
            let isProven = try await database.proves(other, lock: 1)
            #expect(!isProven)
            let session = ConnectionReport(dialect: "postgresql", driver: "psycopg", backendPid: 7)
            let error = await #expect(throws: PostgresError.self) { try await database.proves(session, lock: 1) }
            #expect(error?.kind == .unreachable)
        }
    }

    @Test func theRunnerHasTheAddress() async throws {
        try await Self.with({ $0.x = ["tenant=a"] }) { project, database in
            #expect(database.name == "main" && database.address.hosts == ["127.0.0.1"])
            let runner = database.runner
            #expect(runner.python == project.folder.path("python") && runner.folder == project.path)
            #expect(runner.config == "alembic.ini" && runner.section == "alembic" && runner.x == ["tenant=a"])
            #expect(runner.environment["DATABASE_URL"]?.contains("app:s3cret@127.0.0.1:1/orders") == true)
        }
    }

    @Test func aReadURLThatCannotBeParsed() async throws {
        let error = await #expect(throws: InspectionError.self) {
            try await Self.with({ $0.readURL = "postgresql://[::1" }) { _, _ in }
        }
        #expect(error?.code == .invalidSettings && error?.message.hasPrefix("databases.main.read_url: ") == true)
    }

    /// Nothing runs in the background: this returns at once, also twice.
    @Test func endingNothing() async throws {
        try await Self.with { _, database in
            await database.endBackgroundWork()
            await database.endBackgroundWork()
        }
    }

    /// A plan may need what env.py returned, or only whether the rest could be read.
    @Test func theDescriptionOfAPlan() throws {
        let live = InspectionFixture.live(.table(rows: ["c"]), columns: ["a"])
        func inputs(_ described: Result<ProjectDescription, InspectionError>) -> PlanningInputs {
            PlanningInputs(
                project: Project(graph: InspectionFixture.graph, sha256: [:], contentHash: "h"), live: live,
                expected: nil, diagnosis: DatabaseDiagnosis(facts: Facts(database: "main")), described: described)
        }
        let description = try InspectionFixture.description.get()
        #expect(try inputs(.success(description)).description() == description)
        let failed = inputs(.failure(InspectionError(.projectInvalid, "NameError")))
        let error = #expect(throws: InspectionError.self) { try failed.description() }
        #expect(error?.message == "NameError" && failed.live.versionTable.rows == ["c"])
    }
}

/// Probes against a server that refuses every connection.
@Suite struct ProbeReaderTests {
    private static let probes = ["orders", "users", "invoices"].map {
        ProbeSettings(name: $0, count: "SELECT count(*) FROM \($0)", rows: "SELECT 1 FROM \($0)")
    }

    @Test(arguments: [false, true])
    func noProbeCanRun(usesReadURL: Bool) async throws {
        let address = try DatabaseAddress("postgresql://app:s3cret@127.0.0.1:1/orders")
        let facts = await ProbeReader(Self.probes, address, usesReadURL ? address : nil).read()
        #expect(facts.map(\.name) == ["orders", "users", "invoices"], "in the order of the settings")
        #expect(Set(facts.map(\.connectionError)).count == 1, "one attempt to connect is enough")
        for probe in facts {
            #expect(probe.connectionError?.contains("127.0.0.1") == true && !probe.isGood)
            #expect(probe.connectionError?.contains("s3cret") == false)
            #expect(probe.total == nil && probe.returned == nil && probe.failures.isEmpty)
            #expect(!probe.isSilentFailure && probe.usesReadURL == usesReadURL)
        }
    }

    @Test func withoutProbesNothingConnects() async throws {
        let address = try DatabaseAddress("postgresql://app@127.0.0.1:1/orders")
        #expect(await ProbeReader([], address, nil).read().isEmpty)
    }
}
