import Diagnosis
import Schema
import Support
import Testing
import Wire

/// What env.py keeps from Alembic's own comparison gets no advice from us either.
@Suite struct HiddenTableTests {
    private static let hides = """
        include_object=lambda item, name, kind, reflected, other: not (kind == "table" and name in ("steps", "cached"))
        """

    @Test(arguments: [(hides, []), ("", ["extraTable steps", "missingTable cached"])])
    func tablesThatFunctionsHide(arguments: String, advice: [String]) async throws {
        let shadow = try await Shadowed.shadow()
        try await Workshop.with(environment: SmallProject.environment(arguments: arguments)) { settings, project in
            settings.shadow = shadow
            let models = try project.folder.read("project/models.py")
            let more = "\nsa.Table(\"cached\", metadata, sa.Column(\"id\", sa.Integer, primary_key=True))\n"
            try project.folder.write("project/models.py", models + more)
        } _: { workshop in
            try await workshop.agent.call(Migrate.self, .init())
            let diagnosis = try await workshop.agent.whole()
            let given = diagnosis.schema.advice.map { "\($0.kind.rawValue) \($0.object)" }
            #expect(given.sorted() == advice)
        }
    }
}
