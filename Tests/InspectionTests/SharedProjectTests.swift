import Alembic
import Postgres
import Support
import Synchronization
import Testing

@testable import Inspection

/// Which databases share one project, and with it one description and one replay.
@Suite struct SharedProjectTests {
    @Test func databasesOfOneProjectShareIt() async throws {
        try await TemporaryFolder.with { folder in
            let projects = SharedProjects()
            let project = { (change: (inout DatabaseSettings) -> Void) in
                var settings = DatabaseSettings(
                    name: "a", project: folder.path, config: "alembic.ini", section: "alembic", python: nil)
                change(&settings)
                return projects.project(of: settings, stateDirectory: folder.path)
            }
            let first = project { $0.url = "postgresql:///a" }
            #expect(project { ($0.name, $0.url) = ("b", "postgresql:///b") } === first)
            #expect(project { $0.x = ["tenant=b"] } !== first)
            #expect(project { $0.environment = ["DB": "b"] } !== first)
            let store = await first.expectedSchema("one")
            #expect(await first.expectedSchema("one") === store)
            #expect(await first.expectedSchema("two") !== store)
        }
    }
    /// Describes databases of these names, one after another.
    ///
    /// - Returns: the names whose description was used for each, and all for which env.py ran.
    private static func described(
        _ names: [String], _ tables: [String] = [],
        _ description: @escaping @Sendable (String) throws(AlembicError) -> ProjectDescription
    ) async throws -> (used: [String], ran: [String]) {
        try await TemporaryFolder.with { folder in
            let project = SharedProject(try ProjectFolder(folder).settings, stateDirectory: folder.path)
            let ran = Mutex<[String]>([])
            var used: [String] = []
            for (index, name) in names.enumerated() {
                let table =
                    index < tables.count ? [VersionTable(schema: "public", name: tables[index], state: .table)] : []
                let session = LiveSession(
                    serverVersion: 150_000, database: name, defaults: SessionDefaults(user: "app"), versionTables: table
                )
                let (named, _) = await project.description(for: session) { named in
                    if let known = await named.query.known(retries: false) { return known }
                    ran.withLock { $0.append(named.database) }
                    return await named.query.run { () throws(AlembicError) in try description(named.database) }
                }
                used.append(named.database)
            }
            return (used, ran.withLock(\.self))
        }
    }

    @Test func twoThatAgreeDescribeAll() async throws {
        let (used, ran) = try await Self.described(["a", "b", "c", "d", "a", "b"]) { _ throws(AlembicError) in
            try InspectionFixture.description.get()
        }
        #expect(used == ["a", "b", "a", "a", "a", "b"] && ran == ["a", "b"])
    }

    @Test func aVersionTableChosenByTheName() async throws {
        let (used, ran) = try await Self.described(["a", "b", "c", "c"]) { name throws(AlembicError) in
            var description = try InspectionFixture.description.get()
            description.versionTable.name = "versions_of_\(name)"
            return description
        }
        #expect(used == ["a", "b", "c", "c"] && ran == ["a", "b", "c"])
    }

    /// A database with a version table that the others do not have may be the one that env.py treats in its own way.
    @Test func anotherVersionTable() async throws {
        let (used, _) = try await Self.described(["a", "b", "c", "d"], ["v", "v", "other", "v"]) {
            _ throws(AlembicError) in try InspectionFixture.description.get()
        }
        #expect(used == ["a", "b", "c", "a"])
    }

    @Test func failuresAreNotShared() async throws {
        let (used, _) = try await Self.described(["a", "b", "c"]) { name throws(AlembicError) in
            throw AlembicError(.environmentFailed, name)
        }
        #expect(used == ["a", "b", "c"])
    }
}
