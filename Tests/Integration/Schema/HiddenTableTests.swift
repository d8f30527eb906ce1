import Diagnosis
import Schema
import Support
import Testing
import Wire

/// Tables that env.py excludes from Alembic's comparison get no advice.
@Suite struct HiddenTableTests {
    private static let hides = """
        include_object=lambda item, name, kind, reflected, other: not (kind == "table" and name in ("steps", "cached"))
        """

    @Test(arguments: [(hides, []), ("", ["extraTable steps", "missingTable cached"])])
    func tablesExcludedByIncludeObject(arguments: String, advice: [String]) async throws {
        let shadow = try await ShadowFixture.settings()
        try await ProjectFixture.with(environment: SmallProject.environment(arguments: arguments)) {
            settings, project in
            settings.shadow = shadow
            let models = try project.folder.read("project/models.py")
            let more = "\nsa.Table(\"cached\", metadata, sa.Column(\"id\", sa.Integer, primary_key=True))\n"
            try project.folder.write("project/models.py", models + more)
        } _: { fixture in
            try await fixture.agent.call(Migrate.self, .init())
            let diagnosis = try await fixture.agent.diagnoseAfterReplay()
            let given = diagnosis.schema.advice.map { "\($0.kind.rawValue) \($0.object)" }
            #expect(given.sorted() == advice)
        }
    }
}
