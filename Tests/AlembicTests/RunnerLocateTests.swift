import Alembic
import FoundationEssentials
import Support
import Testing

/// Packages that only Python finds: editable installs, import hooks, and `.pth` files that fail.
@Suite("runner: locate")
struct RunnerLocateTests {
    /// A virtual environment of the test's own, and its package folder.
    private static func withEnvironment(
        _ body: (_ folder: TemporaryFolder, _ python: String, _ site: String) async throws -> Void
    ) async throws {
        try await TemporaryFolder.with { folder in
            let made = try await Program.run(
                TestPython.interpreter, ["-m", "venv", "--without-pip", folder.path("env")])
            guard made.status == 0 else { throw SupportError(made.standardError) }
            let python = folder.path("env/bin/python")
            let site = try #require(PythonInterpreter.packageFolders(of: python).first)
            let relative = String(site.dropFirst(folder.path.utf8.count + 1))
            try folder.write("app/src/shop/__init__.py", "")
            try folder.write("app/src/shop/migrations/env.py", "")
            try folder.write("app/alembic.ini", "[alembic]\nscript_location = shop:migrations\n")
            try await body(folder, python, relative)
        }
    }

    private static func read(_ runner: Runner, _ asked: inout Int) async throws(AlembicError) -> ProjectConfiguration {
        var count = 0
        defer { asked += count }
        return try await ProjectConfiguration.read(for: runner) { names, prependSysPath in
            count += 1
            return await runner.located(names, prependSysPath: prependSysPath)
        }
    }

    /// What `pip install -e .` writes for a source folder: a path, an absolute or relative one.
    @Test("a path in a .pth file is read without Python", arguments: [true, false])
    func pathFile(isAbsolute: Bool) async throws {
        try await Self.withEnvironment { folder, python, site in
            let up = site.split(separator: "/").map { _ in ".." }.joined(separator: "/")
            let source = isAbsolute ? folder.path("app/src") : "\(up)/app/src"
            try folder.write("\(site)/__editable__.shop-1.pth", "# a comment\nimport os\n/nowhere\n\(source) \n")
            var asked = 0
            let found = try await Self.read(Runner(python: python, folder: folder.path("app")), &asked)
            #expect(found.scriptLocation.hasSuffix("/app/src/shop/migrations") && asked == 0)
        }
    }

    /// What setuptools writes for a package that is not below a source folder.
    @Test("an import hook is asked, once")
    func importHook() async throws {
        try await Self.withEnvironment { folder, python, site in
            try folder.write(
                "\(site)/__editable__.shop-1.pth", "import __editable___shop_finder; __editable___shop_finder.install()"
            )
            try folder.write(
                "\(site)/__editable___shop_finder.py",
                """
                import importlib.util, sys
                class Finder:
                    @classmethod
                    def find_spec(cls, name, path=None, target=None):
                        if name == "shop":
                            folder = "\(folder.path("app/src/shop"))"
                            return importlib.util.spec_from_file_location(
                                name, folder + "/__init__.py", submodule_search_locations=[folder])
                def install():
                    sys.meta_path.append(Finder)
                """)
            let runner = Runner(python: python, folder: folder.path("app"))
            var asked = 0
            let found = try await Self.read(runner, &asked)
            #expect(found.scriptLocation == folder.path("app/src/shop/migrations") && asked == 1)
            // A package with dots, and the folders of the versions as well.
            try folder.write("app/src/shop/db/__init__.py", "")
            try folder.write("app/src/shop/db/versions/a.py", "")
            try folder.write(
                "app/alembic.ini",
                "[alembic]\nscript_location = shop:migrations\nversion_locations = shop.db:versions\n")
            let other = try await Self.read(runner, &asked)
            #expect(other.versionLocations == [folder.path("app/src/shop/db/versions")])
        }
    }

    @Test("a package that Python does not find either")
    func missing() async throws {
        try await Self.withEnvironment { folder, python, _ in
            var asked = 0
            let runner = Runner(python: python, folder: folder.path("app"))
            var error = await #expect(throws: AlembicError.self) { _ = try await Self.read(runner, &asked) }
            #expect(error?.code == .configurationInvalid && error?.line == 2 && asked == 1)
            #expect(error?.message.contains("Python does not find it either") == true, "\(error?.message ?? "")")
            let none = Runner(python: "/missing/python", folder: folder.path("app"))
            error = await #expect(throws: AlembicError.self) { _ = try await Self.read(none, &asked) }
            #expect(error?.message.contains("project.interpreterMissing") == true)
        }
    }

    @Test("a .pth file that raises is reported, and everything else works")
    func failingPathFile() async throws {
        try await Self.withEnvironment { folder, python, site in
            try folder.write("\(site)/a.pth", "import sys; raise ValueError('no luck')\n\(folder.path("app/src"))\n")
            try folder.write("\(site)/b.pth", "import sys; sys.stdout.write('printed')\n")
            let runner = Runner(python: python, folder: folder.path("app"))
            let located = try await runner.locate(["shop"], prependSysPath: [folder.path("app/src")])
            let warning = try #require(located.warnings?.first)
            #expect(warning.code == "project.pathFileFailed" && warning.line == 1)
            #expect(warning.file?.hasSuffix("/a.pth") == true && warning.message.contains("ValueError: no luck"))
            #expect(located.warnings?.count == 1)
            #expect(warning.file.map(located.files.contains) == true, "a corrected file makes Python run again")
            // The package is missing because of it, and the message says so.
            let error = try await failure { () throws(AlembicError) in
                try await runner.locate(["shop"], prependSysPath: [])
            }
            #expect(error.message.contains("ValueError: no luck") && error.warnings == [warning])
        }
    }

    @Test("a .pth file that ends the interpreter")
    func endingPathFile() async throws {
        try await Self.withEnvironment { folder, python, site in
            try folder.write("\(site)/a.pth", "import sys; sys.exit('over')\n")
            let error = try await failure { () throws(AlembicError) in
                try await Runner(python: python, folder: folder.path("app")).locate(["shop"], prependSysPath: [])
            }
            #expect(error.code == .pathFileFailed && error.message.contains(".pth"), "\(error)")
        }
    }
}
