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
}
