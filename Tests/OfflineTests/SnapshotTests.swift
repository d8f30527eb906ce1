import Alembic
import FoundationEssentials
import Support
import Testing
import Wire

@testable import Offline

/// `schemad snapshot` when there is nothing to write.
@Suite struct SnapshotTests {
    private static func error(_ folder: TemporaryFolder, url: String) async -> OfflineError? {
        let snapshot = Snapshot(
            project: folder.path, config: "alembic.ini", section: "alembic", python: nil, x: [], environment: [],
            url: url, baseline: nil)
        return await #expect(throws: OfflineError.self) {
            _ = try await snapshot.write(to: folder.path("snapshot.json"))
        }
    }

    /// The file of an earlier snapshot is kept; it is replaced only by a new one.
    @Test(arguments: [
        ("postgresql://nobody@127.0.0.1:1/none?connect_timeout=1", "no database can be created in the shadow"),
        ("mysql://u:hunter2@h/d", "shadow.url: "),
    ]) func aShadowThatCannotBeUsed(url: String, says: String) async throws {
        try await TemporaryFolder.with { folder in
            try folder.write("snapshot.json", "earlier")
            let error = await Self.error(folder, url: url)
            #expect(error?.exitStatus == 69)
            #expect(error?.description.contains(says) == true, "\(error as Any)")
            #expect(error?.description.contains("hunter2") == false)
            #expect(try JSON.parse(Array((error?.json ?? "").utf8))["code"] == "unavailable")
            #expect(try folder.read("snapshot.json") == "earlier")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["snapshot.json"])
        }
    }

    /// Without `--config` as `schemad dev` does.
    @Test func theConfigurationFileIsFound() async throws {
        try await TemporaryFolder.with { folder in
            #expect(ProjectConfiguration.file(in: folder.path) == "alembic.ini")
            try folder.write("flask/migrations/alembic.ini", "[alembic]\n")
            try folder.write("flask/migrations/env.py", "")
            #expect(ProjectConfiguration.file(in: folder.path("flask")) == "migrations/alembic.ini")
            try folder.write("flask/pyproject.toml", "[project]\nname = \"app\"\n")
            #expect(ProjectConfiguration.file(in: folder.path("flask")) == "migrations/alembic.ini")
            try folder.write("flask/pyproject.toml", "[tool.alembic]\nscript_location = \"migrations\"\n")
            #expect(ProjectConfiguration.file(in: folder.path("flask")) == "alembic.ini")
            try folder.write("flask/alembic.ini", "[alembic]\n")
            #expect(ProjectConfiguration.file(in: folder.path("flask")) == "alembic.ini")
            // The message names the file that was looked for, not one that does not exist.
            try folder.write("other/migrations/alembic.ini", "[alembic]\n")
            let snapshot = Snapshot(
                project: folder.path("other"), config: nil, section: "missing", python: nil, x: [], environment: [],
                url: "postgresql://nobody@127.0.0.1:1/none?connect_timeout=1", baseline: nil)
            #expect(snapshot.configurationFile == "migrations/alembic.ini")
        }
    }
}
