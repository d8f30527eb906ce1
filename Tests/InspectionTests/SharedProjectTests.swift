import Support
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
}
