import Files
import FoundationEssentials
import Support
import Testing

@testable import Inspection

/// Which files of the state directory are removed at the start of an agent.
@Suite struct StateFilesTests {
    private static func settings(_ name: String, _ project: String) -> DatabaseSettings {
        DatabaseSettings(name: name, project: project, config: "alembic.ini", section: "alembic", python: "python3")
    }

    @Test func whatNoSettingUsesIsRemoved() async throws {
        try await TemporaryFolder.with { folder in
            let (main, gone) = (Self.settings("main", "/srv/a"), Self.settings("gone", "/srv/b"))
            func files(_ settings: DatabaseSettings) -> [String] {
                let project = settings.projectDigest
                return [
                    StateFiles.description(of: settings.name, in: folder.path),
                    StateFiles.scripts(in: folder.path, project: project),
                    StateFiles.packages(in: folder.path, project: project),
                ]
                    + StateFiles.Kind.allCases.map {
                        StateFiles.path($0, in: folder.path, project: project, digest: "0123")
                    }
            }
            let earlier = ["describe-00ff.json", "expected-00ff.json", "texts-00ff.json"].map(folder.path)
            let others = ["journal.sqlite", "expected-x.txt", "notes.json", "describe-folder.json/x"].map(folder.path)
            for path in files(main) + files(gone) + earlier + others {
                try folder.write(String(path.dropFirst(folder.path.utf8.count + 1)), "{}")
            }
            StateFiles.removeUnused(in: folder.path, databases: [main])
            let left = (files(main) + files(gone) + earlier + others).filter(FileManager.default.fileExists)
            #expect(left == files(main) + others)
        }
    }

    @Test func theNewestOfAProjectAreKept() async throws {
        try await TemporaryFolder.with { folder in
            let main = Self.settings("main", "/srv/a")
            for number in 0..<(StateFiles.limit + 3) {
                let path = StateFiles.path(
                    .texts, in: folder.path, project: main.projectDigest, digest: "\(number)")
                try FileSystem.replace(path, with: [])
            }
            StateFiles.removeUnused(in: folder.path, databases: [main])
            #expect(try FileSystem.list(folder.path).count == StateFiles.limit)
        }
    }

    @Test func aDirectoryThatIsNotThere() {
        StateFiles.removeUnused(in: "/nonexistent/state", databases: [])
    }
}
