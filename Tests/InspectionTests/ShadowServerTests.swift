import Alembic
import Postgres
import Schema
import Support
import Synchronization
import Testing

@testable import Inspection

/// A shadow that is switched off, or that cannot be used.
@Suite struct ShadowServerTests {
    private static func server(_ server: ShadowSettings.Server, baseline: String? = nil) -> ShadowServer {
        ShadowServer(ShadowSettings(server: server, baseline: baseline))
    }

    @Test(
        arguments: [
            (.none, .shadowOff, "the settings switch the shadow off"),
            (.url("postgresql://[::1"), .shadowFailed, "shadow.url: "),
            (.url("postgresql://app:s3cret@127.0.0.1:1/postgres"), .shadowFailed, "no database can be created"),
        ] as [(ShadowSettings.Server, InspectionError.Code, String)])
    func noDatabase(server: ShadowSettings.Server, code: InspectionError.Code, message: String) async {
        let runs = Mutex(0)
        let error = await #expect(throws: InspectionError.self) {
            try await Self.server(server).withDatabase(ShadowSetup(serverVersion: 150_010, roles: ["app"])) { _ in
                runs.withLock { $0 += 1 }
            }
        }
        #expect(error?.code == code && error?.message.hasPrefix(message) == true)
        #expect(error?.message.contains("s3cret") == false && runs.withLock(\.self) == 0)
    }

    /// Holding a server starts none, and returns what the body returns or throws.
    @Test func holdingAServer() async throws {
        let server = Self.server(.none)
        #expect(try await server.held { 7 } == 7)
        #expect(try await server.held { try await server.held { "inner" } } == "inner")
        await #expect(throws: SupportError.self) { try await server.held { throw SupportError("failed") } }
        #expect(try await server.held { 8 } == 8, "a failure leaves the server usable")
    }

    @Test func nothingIsBuiltWithoutAShadow() async throws {
        let builder = ExpectedSchemaBuilder(
            shadow: Self.server(.none), setup: ShadowSetup(), description: try InspectionFixture.description.get(),
            options: CatalogReader.Options(), runner: { _ in Runner(python: "/missing/python", folder: "/") })
        let error = await #expect(throws: InspectionError.self) {
            try await builder.build(key: "k", contentHash: "h")
        }
        #expect(error?.code == .shadowOff)
    }

    @Test func nothingIsNormalizedWithoutAShadow() async throws {
        let normalizer = ExpressionNormalizer(
            shadow: Self.server(.url("postgresql://127.0.0.1:1/postgres")), setup: ShadowSetup(),
            revisions: ["a"], runner: { _ in Runner(python: "/missing/python", folder: "/") })
        let text = ExpressionText(.constraint(table: TableName(schema: "public", name: "t")), "CHECK (true)")
        let error = await #expect(throws: InspectionError.self) { try await normalizer.normalize([text]) }
        #expect(error?.code == .shadowFailed)
    }

    /// `schemad snapshot` needs a shadow before it reads the project.
    @Test func noSnapshotWithoutAShadow() async throws {
        try await TemporaryFolder.with { folder in
            let project = try ProjectFolder(folder)
            try project.endlessPython()
            let error = await #expect(throws: InspectionError.self) {
                try await ExpectedSchema.build(for: project.settings, in: ShadowSettings(server: .none))
            }
            #expect(error?.code == .shadowOff && project.starts == 0)
        }
    }

    /// A baseline that cannot be loaded keeps the body from running.
    @Test func aBaselineThatCannotBeRead() async throws {
        try await TemporaryFolder.with { folder in
            let database = ShadowDatabase(try DatabaseAddress("postgresql://127.0.0.1:1/shadow"), user: nil)
            let path = folder.path("missing.sql")
            let error = await #expect(throws: InspectionError.self) {
                try await database.prepared(path) { _ in Issue.record("the body ran") }
            }
            #expect(error?.code == .shadowFailed)
            #expect(error?.message == "shadow.baseline \(path) cannot be loaded: \(path) cannot be read.")
            #expect(try await database.prepared(nil) { $0.address.database } == "shadow")
        }
    }

    /// Every shadow database has a lock key of its own, by which the sessions of its run are recognized.
    @Test func shadowDatabasesProveTheirSessions() async throws {
        let address = try DatabaseAddress("postgresql://127.0.0.1:1/shadow")
        let database = ShadowDatabase(address, user: nil)
        #expect(database.nonce > 0 && database.nonce != ShadowDatabase(address, user: nil).nonce)
        #expect(try await !database.proves(ConnectionReport(dialect: "sqlite", driver: "sqlite3")))
        let session = ConnectionReport(dialect: "postgresql", driver: "psycopg", backendPid: 7)
        let error = await #expect(throws: PostgresError.self) { try await database.proves(session) }
        #expect(error?.kind == .unreachable)
        await database.close()
    }
}
