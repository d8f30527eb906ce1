import Alembic
import Files
import Revisions
import Support
import Testing

@testable import Inspection

/// How a project's scripts become a graph, with Python only where the text of a script does not suffice.
@Suite struct ProjectReaderTests {
    private static func with(_ body: (ProjectFolder, ProjectReader) async throws -> Void) async throws {
        try await TemporaryFolder.with { folder in
            let project = try ProjectFolder(folder)
            try await body(project, ProjectReader(project.settings, stateDirectory: nil))
        }
    }

    @Test func scriptsWithoutPython() async throws {
        try await Self.with { project, reader in
            let read = try await reader.read(retries: false, runner: project.runner).get()
            #expect(read.graph.order == ["a", "b"] && read.graph.problems.isEmpty)
            let paths = try ["a", "b"].map {
                try FileSystem.realPath("\(project.path)/migrations/versions/\($0).py")
            }
            #expect(read.sha256 == Dictionary(uniqueKeysWithValues: paths.map { ($0, ContentHash.file($0)) }))
            #expect(project.starts == 0)
        }
    }

    @Test func anUnchangedProjectHasOneHash() async throws {
        try await Self.with { project, reader in
            let first = try await reader.read(retries: false, runner: project.runner).get()
            let second = try await reader.read(retries: true, runner: project.runner).get()
            #expect(first.contentHash == second.contentHash && first.sha256 == second.sha256)
            // Another reader of the same files, as after a restart.
            let other = ProjectReader(project.settings, stateDirectory: nil)
            #expect(try await other.read(retries: false, runner: project.runner).get().contentHash == first.contentHash)
        }
    }

    @Test func changesAreFound() async throws {
        try await Self.with { project, reader in
            let first = try await reader.read(retries: false, runner: project.runner).get()
            let added = try project.revision("c", down: "b")
            let second = try await reader.read(retries: false, runner: project.runner).get()
            #expect(second.graph.heads == ["c"] && second.contentHash != first.contentHash)
            // Another parent.
            try project.revision("c", down: "a")
            let third = try await reader.read(retries: false, runner: project.runner).get()
            #expect(third.graph.heads == ["b", "c"] && third.sha256[added] == ContentHash.file(added))
            FileSystem.remove(added)
            let last = try await reader.read(retries: false, runner: project.runner).get()
            #expect(last.graph.heads == ["b"] && last.contentHash == first.contentHash)
        }
    }

    /// The name of a file is part of the hash; its time is not.
    @Test func aTouchedScriptIsNoChange() async throws {
        try await Self.with { project, reader in
            let first = try await reader.read(retries: false, runner: project.runner).get()
            try project.revision("b", down: "a")
            #expect(
                try await reader.read(retries: false, runner: project.runner).get().contentHash == first.contentHash)
        }
    }

    @Test func aFolderThatDoesNotExist() async throws {
        try await TemporaryFolder.with { folder in
            let settings = DatabaseSettings(
                name: "main", project: folder.path("missing"), config: "alembic.ini", section: "alembic", python: nil)
            let reader = ProjectReader(settings, stateDirectory: nil)
            let error = await #expect(throws: AlembicError.self) {
                try await reader.read(retries: false, runner: Runner(python: "python3", folder: settings.project)).get()
            }
            #expect(error?.code == .projectMissing && error?.message.contains(folder.path("missing")) == true)
        }
    }

    @Test(
        arguments: [
            ("", .configurationInvalid), ("[other]\nscript_location = migrations\n", .configurationInvalid),
            ("[alembic]\nscript_location = nowhere\n", .projectMissing), (nil, .projectMissing),
        ] as [(String?, AlembicError.Code)])
    func aConfigurationThatCannotBeUsed(ini: String?, code: AlembicError.Code) async throws {
        try await Self.with { project, reader in
            let path = "\(project.path)/alembic.ini"
            FileSystem.remove(path)
            if let ini { try project.folder.write("app/alembic.ini", ini) }
            let error = await #expect(throws: AlembicError.self) {
                try await reader.read(retries: false, runner: project.runner).get()
            }
            #expect(error?.code == code)
            // A corrected project is read at once.
            try project.folder.write("app/alembic.ini", "[alembic]\nscript_location = migrations\n")
            #expect(try await reader.read(retries: false, runner: project.runner).get().graph.heads == ["b"])
        }
    }

    /// A script with a syntax error is a problem of the graph; the others are read.
    @Test func aBrokenScript() async throws {
        try await Self.with { project, reader in
            try project.write("c.py", "revision = 'c\n")
            let read = try await reader.read(retries: false, runner: project.runner).get()
            #expect(read.graph.order == ["a", "b"] && !read.graph.isUsable)
            #expect(read.graph.problems.map(\.code) == [GraphProblem.Code.unreadable])
            #expect(read.graph.problems.first?.file == "migrations/versions/c.py")
        }
    }

    @Test func anInterpreterThatCannotBeStarted() async throws {
        try await Self.with { project, reader in
            try project.computedRevision("c")
            let read = try await reader.read(retries: false, runner: project.runner).get()
            let problem = read.graph.problems.first
            #expect(read.graph.order == ["a", "b"] && problem?.code == GraphProblem.Code.notLiteral)
            #expect(problem?.message.contains("project.interpreterMissing") == true)
        }
    }

    /// Every diagnosis would start Python otherwise.
    @Test func aFailureOfPythonIsReused() async throws {
        try await Self.with { project, reader in
            try project.computedRevision("c")
            try project.python(ProjectFolder.error(.alembicMissing, "there is no Alembic"))
            for _ in 1...3 {
                let read = try await reader.read(retries: false, runner: project.runner).get()
                #expect(read.graph.problems.first?.message.contains("there is no Alembic") == true)
            }
            #expect(project.starts == 1)
            _ = await reader.read(retries: true, runner: project.runner)
            #expect(project.starts == 2)
        }
    }

    @Test func scriptsThatPythonLoads() async throws {
        try await Self.with { project, reader in
            let path = try project.computedRevision("c")
            try project.python(ProjectFolder.loaded([(path, "c1")]), ProjectFolder.finished)
            let read = try await reader.read(retries: false, runner: project.runner).get()
            #expect(read.graph.heads == ["c1"] && read.graph.isUsable)
            #expect(read.graph["c1"]?.source == .alembic && read.graph["b"]?.source == .static)
            #expect(read.graph["c1"]?.file == "migrations/versions/c.py" && read.graph["c1"]?.doc == "computed")
            #expect(read.sha256[path] == ContentHash.file(path))
        }
    }

    /// A script that never ends is stopped, and no later caller waits for it again.
    @Test func aScriptThatNeverEnds() async throws {
        try await TemporaryFolder.with { folder in
            let project = try ProjectFolder(folder)
            var settings = project.settings
            settings.environmentDeadline = .seconds(1)
            let reader = ProjectReader(settings, stateDirectory: nil)
            try project.computedRevision("c")
            try project.endlessPython()
            let unknown = await reader.read(retries: false, waits: false, runner: project.runner)
            #expect(throws: AlembicError.self) { try unknown.get() }
            #expect(project.starts == 0)
            for _ in 1...3 {
                let error = await #expect(throws: AlembicError.self) {
                    try await reader.read(retries: true, runner: project.runner).get()
                }
                #expect(error?.code == .environmentTimeout)
                #expect(
                    error?.message
                        == "the revision scripts had not been loaded after 1.0 seconds (environment_deadline): "
                        + "the run was stopped")
            }
            // The correction is found at once.
            let path = try project.computedRevision("c")
            try project.python(ProjectFolder.loaded([(path, "c1")]), ProjectFolder.finished)
            try await eventually("the corrected script is loaded") {
                (try? await reader.read(retries: true, runner: project.runner).get())?.graph.heads == ["c1"]
            }
        }
    }

    /// Two runs that load other revisions from the same bytes are two projects.
    @Test func theHashDependsOnWhatPythonLoads() async throws {
        try await Self.with { project, reader in
            let path = try project.computedRevision("c")
            try project.python(ProjectFolder.loaded([(path, "c1")]), ProjectFolder.finished)
            let first = try await reader.read(retries: false, runner: project.runner).get()
            try project.python(ProjectFolder.loaded([(path, "c2")]), ProjectFolder.finished)
            let other = ProjectReader(project.settings, stateDirectory: nil)
            let second = try await other.read(retries: false, runner: project.runner).get()
            #expect(second.graph.heads == ["c2"] && second.contentHash != first.contentHash)
        }
    }

    /// The cached result has no header for a script that is new.
    @Test func aNewScriptIsLoaded() async throws {
        try await Self.with { project, reader in
            let first = try project.computedRevision("c")
            try project.python(ProjectFolder.loaded([(first, "c")]), ProjectFolder.finished)
            for _ in 1...2 {
                #expect(try await reader.read(retries: false, runner: project.runner).get().graph.heads == ["c"])
            }
            #expect(project.starts == 1, "nothing has changed")
            let second = try project.computedRevision("d")
            try project.python(ProjectFolder.loaded([(first, "c"), (second, "d")]), ProjectFolder.finished)
            #expect(try await reader.read(retries: false, runner: project.runner).get().graph.heads == ["c", "d"])
            #expect(project.starts == 2)
        }
    }

    @Test func aRestartReusesTheLoadedScripts() async throws {
        try await TemporaryFolder.with { folder in
            let project = try ProjectFolder(folder)
            let path = try project.computedRevision("c")
            try project.python(ProjectFolder.loaded([(path, "c")]), ProjectFolder.finished)
            for _ in 1...2 {
                let reader = ProjectReader(project.settings, stateDirectory: folder.path)
                #expect(try await reader.read(retries: false, runner: project.runner).get().graph.heads == ["c"])
            }
            #expect(project.starts == 1)
        }
    }

    /// Alembic refuses one script: that is its problem, and none of the run.
    @Test func aScriptThatAlembicRefuses() async throws {
        try await Self.with { project, reader in
            let path = try project.computedRevision("c")
            try project.python(
                """
                {"event": "loaded", "files": [], "folders": [], \
                "scripts": [{"path": "\(path)", "refusal": "NameError: nothing", "file": "\(path)", "line": 7}]}
                """, ProjectFolder.finished)
            let problem = try await reader.read(retries: false, runner: project.runner).get().graph.problems.first
            #expect(problem?.code == GraphProblem.Code.unreadable && problem?.line == 7)
            #expect(problem?.message.contains("NameError: nothing") == true)
        }
    }
}
