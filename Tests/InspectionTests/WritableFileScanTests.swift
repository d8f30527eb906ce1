import Alembic
import Diagnosis
import Glibc
import Support
import Testing

@testable import Inspection

/// Which files of a project other accounts may write.
@Suite struct WritableFileScanTests {
    private static let isRoot = geteuid() == 0

    /// A project in the folder `app`. Its interpreter is a name on the search path, so that none is checked.
    private struct Tree {
        let folder: TemporaryFolder
        var settings: DatabaseSettings

        init(_ folder: TemporaryFolder) throws {
            self.folder = folder
            settings = DatabaseSettings(
                name: "main", project: folder.path("app"), config: "alembic.ini", section: "alembic", python: "python3")
            try folder.write("app/alembic.ini", "[alembic]\n", mode: 0o644)
        }

        func path(_ name: String) -> String { folder.path("app/\(name)") }

        @discardableResult
        func write(_ name: String, mode: Int = 0o644) throws -> String {
            try folder.write("app/\(name)", "", mode: mode)
        }

        /// Changes the mode of a file or folder.
        func change(_ name: String, mode: mode_t) throws {
            try #require(chmod(path(name), mode) == 0)
        }

        func scan(scripts: [String] = [], files: [String] = [], folders: [String] = []) throws -> [WritableFile] {
            let project = Project(
                graph: InspectionFixture.graph, sha256: Dictionary(uniqueKeysWithValues: scripts.map { ($0, "") }),
                contentHash: "h")
            var description = try InspectionFixture.description.get()
            description.files = files
            description.folders = folders
            return WritableFileScan(settings).writableFiles(project, description)
        }
    }

    @Test func aProjectThatOnlyItsOwnerCanWrite() async throws {
        try await TemporaryFolder.with { folder in
            let tree = try Tree(folder)
            let script = try tree.write("migrations/versions/a.py")
            #expect(try tree.scan(scripts: [script], files: [try tree.write("migrations/env.py")]).isEmpty)
        }
    }

    /// The settings' file stands for any other: the same rule applies to all.
    @Test(
        .enabled(if: isRoot, "only root can give files away"),
        arguments: [
            (0o644, 0, 0, nil), (0o664, 0, 0, nil), (0o644, 0, 1, nil), (0o664, 0, 1, .group("daemon")),
            (0o646, 0, 0, .everyone), (0o602, 0, 0, .everyone), (0o644, 65534, 0, .owner("nobody")),
            // An owner can change the mode of a file, so a read-only one is not safe from that owner.
            (0o400, 65534, 0, .owner("nobody")),
            // The largest group of accounts is reported.
            (0o666, 65534, 1, .everyone), (0o660, 65534, 1, .owner("nobody")),
            // Accounts without a name.
            (0o644, 54321, 0, .owner("54321")), (0o660, 0, 54321, .group("54321")),
        ] as [(Int, uid_t, gid_t, WritableFile.Writer?)])
    func modesAndOwners(mode: Int, owner: uid_t, group: gid_t, writer: WritableFile.Writer?) async throws {
        try await TemporaryFolder.with { folder in
            let tree = try Tree(folder)
            let path = tree.path("alembic.ini")
            try #require(chown(path, owner, group) == 0)
            try tree.change("alembic.ini", mode: mode_t(mode))
            #expect(try tree.scan() == writer.map { [WritableFile(path: path, writer: $0)] } ?? [])
        }
    }

    @Test func aWritableFolderCoversItsFiles() async throws {
        try await TemporaryFolder.with { folder in
            let tree = try Tree(folder)
            try tree.change("alembic.ini", mode: 0o666)
            try tree.change("", mode: 0o777)
            #expect(try tree.scan() == [WritableFile(path: folder.path("app"), writer: .everyone)])
        }
    }

    /// A group that may write the folder is not everyone who may write the file.
    @Test(.enabled(if: isRoot, "only root can give files away"))
    func aFolderOfAGroupDoesNotCoverAFileOfEveryone() async throws {
        try await TemporaryFolder.with { folder in
            let tree = try Tree(folder)
            try #require(chown(folder.path("app"), 0, 1) == 0)
            try tree.change("", mode: 0o775)
            try tree.change("alembic.ini", mode: 0o666)
            #expect(
                try tree.scan() == [
                    WritableFile(path: folder.path("app"), writer: .group("daemon")),
                    WritableFile(path: tree.path("alembic.ini"), writer: .everyone),
                ])
        }
    }

    /// `app-scripts` begins like `app` and is another folder.
    @Test func aFolderCoversOnlyWhatIsInIt() async throws {
        try await TemporaryFolder.with { folder in
            let tree = try Tree(folder)
            try tree.change("", mode: 0o777)
            let script = try folder.write("app-scripts/a.py", "", mode: 0o666)
            let paths = try tree.scan(scripts: [script]).map(\.path)
            #expect(paths == [folder.path("app"), script])
        }
    }

    @Test func scriptsAndTheirFolders() async throws {
        try await TemporaryFolder.with { folder in
            let tree = try Tree(folder)
            let first = try tree.write("migrations/versions/a.py", mode: 0o666)
            let second = try tree.write("migrations/versions/b.py")
            #expect(try tree.scan(scripts: [first, second]).map(\.path) == [first])
            try tree.change("migrations/versions", mode: 0o777)
            #expect(try tree.scan(scripts: [first, second]).map(\.path) == [tree.path("migrations/versions")])
            // A sticky folder is no exception: anybody may add a script to it.
            try tree.change("migrations/versions", mode: 0o1777)
            #expect(try tree.scan(scripts: [second]).map(\.path) == [tree.path("migrations/versions")])
        }
    }

    /// Of what env.py loads, only the project's own files count here.
    @Test func filesThatTheEnvironmentLoads() async throws {
        try await TemporaryFolder.with { folder in
            let tree = try Tree(folder)
            let model = try tree.write("app/models.py", mode: 0o666)
            let installed = try tree.write("env/lib/python3.11/site-packages/alembic/op.py", mode: 0o666)
            let foreign = try folder.write("elsewhere/shared.py", "", mode: 0o666)
            let missing = tree.path("app/settings.py")
            #expect(try tree.scan(files: [model, installed, foreign, missing]).map(\.path) == [model])
            try tree.change("app", mode: 0o777)
            #expect(try tree.scan(files: [model], folders: [tree.path("app")]).map(\.path) == [tree.path("app")])
        }
    }

    /// The folder of the interpreter and those of its packages; packages are not checked one by one.
    @Test func theInterpreter() async throws {
        try await TemporaryFolder.with { folder in
            var tree = try Tree(folder)
            let python = try tree.write(".venv/bin/python", mode: 0o777)
            try tree.write(".venv/lib/python3.11/site-packages/alembic/op.py", mode: 0o666)
            // Relative to the project's folder.
            tree.settings.python = ".venv/bin/python"
            #expect(try tree.scan().map(\.path) == [python])
            try tree.change(".venv/bin", mode: 0o777)
            try tree.change(".venv/lib/python3.11/site-packages", mode: 0o777)
            let folders = [".venv/bin", ".venv/lib/python3.11/site-packages"].map(tree.path)
            #expect(try tree.scan().map(\.path) == folders)
        }
    }

    @Test func aConfigurationOutsideTheProject() async throws {
        try await TemporaryFolder.with { folder in
            var tree = try Tree(folder)
            tree.settings.config = try folder.write("etc/alembic.ini", "", mode: 0o666)
            #expect(try tree.scan().map(\.path) == [tree.settings.config])
        }
    }

    /// The mode of a link means nothing; that of its target counts.
    @Test func linksAreFollowed() async throws {
        try await TemporaryFolder.with { folder in
            var tree = try Tree(folder)
            let target = try folder.write("etc/alembic.ini", "", mode: 0o644)
            try #require(symlink(target, tree.path("linked.ini")) == 0)
            tree.settings.config = "linked.ini"
            #expect(try tree.scan().isEmpty)
            try #require(chmod(target, 0o666) == 0)
            #expect(try tree.scan().map(\.path) == [tree.path("linked.ini")])
        }
    }

    /// A project that cannot be read, and an env.py that has not run: folder and configuration are checked all the same.
    @Test func withoutProjectAndDescription() async throws {
        try await TemporaryFolder.with { folder in
            let tree = try Tree(folder)
            try tree.change("alembic.ini", mode: 0o666)
            let scan = WritableFileScan(tree.settings)
            #expect(scan.writableFiles(nil, nil).map(\.path) == [tree.path("alembic.ini")])
            var missing = tree.settings
            missing.project = folder.path("missing")
            #expect(WritableFileScan(missing).writableFiles(nil, nil).isEmpty)
        }
    }
}
