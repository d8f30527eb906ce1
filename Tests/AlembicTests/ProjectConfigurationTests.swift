import Support
import Testing

@testable import Alembic

@Suite("project: configuration")
struct ProjectConfigurationTests {
    /// How Alembic 1.20.1 splits `version_locations`, started in the project's folder.
    static let lists: [(value: String, separator: String?, expected: [String])] = [
        ("a b", nil, ["a", "b"]), ("a, b", nil, ["a", "b"]), ("a,b", nil, ["a", "b"]), ("a ,b", nil, ["a", "", "b"]),
        ("a b", "path_separator = os", ["a b"]), ("a:b", "path_separator = os", ["a", "b"]),
        ("a:b", "path_separator = :", ["a", "b"]),
        ("a;b", "path_separator = ;", ["a", "b"]), ("a b", "path_separator = space", ["a", "b"]),
        ("\n  a\n  b", "path_separator = newline", ["a", "b"]), ("a:b", "version_path_separator = os", ["a", "b"]),
        ("a::b", "path_separator = os", ["a", "b"]), ("%(here)s/a", nil, ["a"]), ("pkg:sub", nil, ["pkg/sub"]),
        ("pkg::sub", nil, ["pkg/sub"]), ("", nil, ["migrations/versions"]),
    ]

    @Test("lists of version folders", arguments: lists.indices)
    func versionLocations(index: Int) async throws {
        let (value, separator, expected) = Self.lists[index]
        try await TemporaryFolder.with { folder in
            try folder.write("migrations/env.py", "")
            try folder.write("pkg/__init__.py", "")
            try folder.write(
                "alembic.ini",
                """
                [alembic]
                script_location = migrations
                prepend_sys_path = .
                version_locations = \(value)
                \(separator ?? "")
                """
            )
            let configuration = try ProjectConfiguration.read(folder: folder.path)
            #expect(configuration.versionLocations == expected.map { $0.isEmpty ? folder.path : folder.path($0) })
            #expect(configuration.scriptLocation == folder.path("migrations"))
            #expect(configuration.prependSysPath == [folder.path])
            #expect(configuration.configFiles == [folder.path("alembic.ini")])
        }
    }

    @Test("a section that does not exist: the file's sections are named")
    func missingSection() async throws {
        try await TemporaryFolder.with { folder in
            try folder.write(
                "alembic.ini",
                "[alembic]\nscript_location = a\n[other]\nscript_location = b\n[loggers]\n[logger_x]\n[DEFAULT]\nx = y\n"
            )
            let error = #expect(throws: AlembicError.self) {
                try ProjectConfiguration.read(folder: folder.path, section: "prod")
            }
            #expect(error?.message == "The file has no section [prod]. Its sections: alembic, other.")
        }
    }

    @Test("for each key the INI file has precedence over pyproject.toml")
    func both() async throws {
        try await TemporaryFolder.with { folder in
            try folder.write("migrations/env.py", "")
            try folder.write(
                "pyproject.toml",
                """
                [tool.alembic]
                script_location = "elsewhere"
                version_locations = ["%(here)s/one", "two"]
                prepend_sys_path = ["src"]
                recursive_version_locations = true
                sourceless = true
                """)
            try folder.write(
                "alembic.ini", "[alembic]\nScript_Location: %(ROOT)s\nroot = migrations\nsourceless = false\n")
            let configuration = try ProjectConfiguration.read(folder: folder.path)
            #expect(configuration.scriptLocation == folder.path("migrations"))
            #expect(configuration.versionLocations == [folder.path("one"), folder.path("two")])
            #expect(configuration.recursiveVersionLocations)
            #expect(!configuration.sourceless)
            #expect(configuration.prependSysPath == [folder.path("src")])
            #expect(configuration.configFiles == [folder.path("alembic.ini"), folder.path("pyproject.toml")])
        }
    }

    @Test("pyproject.toml alone, other sections and files")
    func others() async throws {
        try await TemporaryFolder.with { folder in
            try folder.write("m/env.py", "")
            try folder.write("pyproject.toml", "[tool.alembic]\nscript_location = \"%(here)s/m\"\n")
            #expect(try ProjectConfiguration.read(folder: folder.path).scriptLocation == folder.path("m"))
            #expect(
                try ProjectConfiguration.read(folder: folder.path, config: "pyproject.toml").scriptLocation
                    == folder.path("m"))
            try folder.write(
                "conf/other.ini", "[one]\nscript_location = nosuch\n[two]\nscript_location = %(here)s/../m\n")
            let two = try ProjectConfiguration.read(folder: folder.path, config: "conf/other.ini", section: "two")
            #expect(two.scriptLocation == folder.path("conf/../m"))
        }
    }

    @Test("a package in a folder of the interpreter")
    func package() async throws {
        try await TemporaryFolder.with { folder in
            try folder.write("site/app/db/migrations/env.py", "")
            try folder.write(
                "alembic.ini",
                "[alembic]\nscript_location = app.db:migrations\n")
            let found = try ProjectConfiguration.read(folder: folder.path, searchPath: [folder.path("site")])
            #expect(found.scriptLocation == folder.path("site/app/db/migrations"))
            let error = #expect(throws: AlembicError.self) { try ProjectConfiguration.read(folder: folder.path) }
            #expect(error?.line == 2)
            #expect(error?.key == "script_location")
            #expect(error?.message.contains("'app.db'") == true)
        }
    }

    /// Each INI file, the line of the error, and a word of the message.
    static let faultyFiles: [(ini: String, line: Int?, word: String)] = [
        ("[alembic]\n", nil, "missing"), ("[other]\nscript_location = m\n", nil, "[alembic]"),
        ("script_location = m\n", 1, "[section]"),
        ("[alembic]\nscript_location = nosuch\n", 2, "nosuch"), ("[alembic]\nscript_location = %(x)s\n", 2, "%(x)s"),
        ("[alembic]\nscript_location = a%b\n", 2, "percent"),
        ("[alembic]\nscript_location = %(script_location)s\n", 2, "itself"),
        ("[alembic]\nscript_location = m\nscript_location = m\n", 3, "twice"),
        ("[alembic]\nscript_location = m\n[alembic]\n", 3, "twice"),
        ("[alembic]\nscript_location = m\nwhat\n", 3, "neither"),
        ("[alembic]\nscript_location = m\nversion_locations = a\npath_separator = comma\n", 4, "'comma'"),
    ]

    @Test("errors name file, line and key in one line", arguments: faultyFiles.indices)
    func iniFaults(index: Int) async throws {
        let (ini, line, word) = Self.faultyFiles[index]
        try await TemporaryFolder.with { folder in
            try folder.write("m/env.py", "")
            try folder.write("alembic.ini", ini)
            let error = #expect(throws: AlembicError.self) { try ProjectConfiguration.read(folder: folder.path) }
            #expect(error?.file == folder.path("alembic.ini"))
            #expect(error?.line == line)
            let text = error?.description ?? ""
            #expect(text.contains(word) && !text.contains("\n"), "\(text)")
        }
    }

    @Test(
        "errors of pyproject.toml",
        arguments: [
            ("x = \n", 1), ("[tool.alembic]\nscript_location = 5\n", 2), ("[tool]\nalembic = 1\n", 2),
            ("[tool.alembic]\nscript_location = \"m\"\nversion_locations = \"a\"\n", 3),
            ("[tool.alembic]\nscript_location = \"m\"\nsourceless = \"true\"\n", 3),
            ("[tool.alembic]\nscript_location = \"a%b\"\n", 2),
        ] as [(String, Int?)])
    func tomlFaults(toml: String, line: Int?) async throws {
        try await TemporaryFolder.with { folder in
            try folder.write("m/env.py", "")
            try folder.write("pyproject.toml", toml)
            let error = #expect(throws: AlembicError.self) { try ProjectConfiguration.read(folder: folder.path) }
            #expect(error?.file == folder.path("pyproject.toml"))
            #expect(error?.line == line)
        }
    }

    @Test("no folder, no configuration")
    func missing() async throws {
        try await TemporaryFolder.with { folder in
            let none = #expect(throws: AlembicError.self) { try ProjectConfiguration.read(folder: folder.path) }
            #expect(none?.code.rawValue == "project.missing")
            let gone = #expect(throws: AlembicError.self) { try ProjectConfiguration.read(folder: folder.path("gone")) }
            #expect(gone?.code.rawValue == "project.missing")
        }
    }

    @Test(
        "values as ConfigParser reads them",
        arguments: [
            ("[a]\nk = v\n", "v"), ("[a]\nk: v = w\n", "v = w"), ("[a]\n  K  =  v  \n", "v"),
            ("[a]\nk = v # no comment\n", "v # no comment"),
            ("[a]\nk =\n  # comment\n  v\n\n  w\n\n", "\nv\n\nw"), ("[DEFAULT]\nk = v\n[a]\n", "v"),
            ("[a]\nk = 100%%\n", "100%"),
            ("[a] behind\nk = v\r\n", "v"), ("[a]\nk = %(one)s-%(two)s\none = 1\ntwo = %(one)s%%\n", "1-1%"),
            ("[a]\nk = v\n; x\n\tw\n", "v\nw"),
            ("[a]\nk =\n", ""), ("[a]\nj = v\n", nil), ("[b]\nk = v\n", nil), ("[a]\nk = %(here)s\n", "/here"),
        ] as [(String, String?)])
    func values(ini: String, expected: String?) throws {
        let file = try IniFile(Array(ini.utf8), file: "/here/x.ini", here: "/here")
        #expect(try file.value("k", in: "a")?.text == expected)
    }
}
