import Diagnosis
import FoundationEssentials
import Glibc
import Support
import Testing
import Wire

/// `schemad dev`: a temporary database with an agent.
@Suite struct DevCommandTests {
    /// The project reads its URL and other settings from variables with names of its own.
    @Test func environmentOption() async throws {
        try await TestSlots.with {
            try await TemporaryFolder.with { folder in
                let environment = SmallProject.environment(
                    start: "assert os.environ['MODE'] == 'a \"quoted\"\\n\\\\ = word'",
                    url: "os.environ[\"SHOP_URL\"]")
                let project = try SmallProject(in: folder, environment: environment)
                let arguments = [
                    "dev", "--project", project.path, "--python", TestPython.interpreter, "--environment",
                    "SHOP_URL=${url+psycopg}", "--environment", "MODE=a \"quoted\"\n\\ = word",
                ]
                try await BackgroundProgram.with(try Products.path("schemad"), arguments) { program in
                    let migrate = try await Program.run(
                        try Products.path("adminctl"), ["--json", "migrate"],
                        environment: try await Self.access(program))
                    #expect(try migrate.result(Migrate.Result.self).to == [SmallProject.base])
                    program.signal(SIGINT)
                    #expect(try await program.wait() == 0)
                }
            }
        }
    }

    /// An env.py that builds its URL from host and port works with the throwaway PostgreSQL and its shadow.
    @Test func hostAndPort() async throws {
        try await TestSlots.with {
            try await TemporaryFolder.with { folder in
                let names = ["user", "password", "host", "port", "database"]
                let parts = names.map { "os.environ['DB_\($0.uppercased())']" }
                let environment = SmallProject.environment(
                    start: "assert os.environ['DB_HOST'] == '127.0.0.1' and int(os.environ['DB_PORT'])",
                    url: "'postgresql+psycopg://%s:%s@%s:%s/%s' % (\(parts.joined(separator: ", ")))")
                let project = try SmallProject(in: folder, environment: environment)
                let arguments =
                    ["dev", "--project", project.path, "--python", TestPython.interpreter]
                    + names.flatMap { ["--environment", "DB_\($0.uppercased())=${\($0)}"] }
                try await BackgroundProgram.with(try Products.path("schemad"), arguments) { program in
                    let access = try await Self.access(program)
                    let adminctl = try Products.path("adminctl")
                    let migrate = try await Program.run(adminctl, ["--json", "migrate"], environment: access)
                    #expect(try migrate.result(Migrate.Result.self).to == [SmallProject.base])
                    var output = ""
                    try await eventually("the migrations are replayed", deadline: .seconds(120)) {
                        let shown = try await Program.run(
                            adminctl, ["--json", "diagnose", "--fresh"], environment: access)
                        output = shown.standardOutput
                        return try shown.result(Diagnose.Result.self).schema.sources.migrations
                    }
                    let path = try #require(access["ADMINCTL_SOCKET"] ?? nil).replacing("admin.sock", with: "url")
                    let url = String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
                    let password = try #require(url.firstMatch(of: /postgres:(\w+)@127/)).1
                    #expect(!output.contains(password) && !program.standardOutput.contains(password))
                }
            }
        }
    }

    private static func canUnshare() async -> Bool {
        (try? await Program.run("unshare", ["--net", "true"]))?.status == 0
    }

    /// In a network namespace without a loopback interface everything works with the address of the socket. For an
    /// env.py that cannot use it, as one that needs host and port, the shadow has a finding of its own.
    @Test(.enabled("a network namespace needs root") { await canUnshare() })
    func withoutLoopback() async throws {
        try await TestSlots.with {
            try await TemporaryFolder.with { folder in
                let environment = SmallProject.environment(
                    start: """
                        if "schemad_shadow" in os.environ["DATABASE_URL"] and os.environ["HOST"].startswith("/"):
                            raise ValueError("a host is needed")
                        """)
                let project = try SmallProject(in: folder, environment: environment)
                let arguments = [
                    "--net", try Products.path("schemad"), "dev", "--project", project.path, "--python",
                    TestPython.interpreter, "--environment", "DATABASE_URL=${url+psycopg}", "--environment",
                    "HOST=${host}",
                ]
                try await BackgroundProgram.with("unshare", arguments) { program in
                    let access = try await Self.access(program)
                    #expect(program.standardOutput.contains("could not listen on a port of 127.0.0.1"))
                    let adminctl = try Products.path("adminctl")
                    let migrate = try await Program.run(adminctl, ["--json", "migrate"], environment: access)
                    #expect(try migrate.result(Migrate.Result.self).to == [SmallProject.base])
                    var finding: Finding?
                    try await eventually("the shadow is reported", deadline: .seconds(120)) {
                        let shown = try await Program.run(
                            adminctl, ["--json", "diagnose", "--fresh"], environment: access)
                        let result = try shown.result(Diagnose.Result.self)
                        // Until the replay is done, the schema is not known.
                        #expect(result.verdict == .inSync || result.verdict == .unverified)
                        finding = result.findings.first { $0.code == "shadow.notListening" }
                        return finding != nil
                    }
                    #expect(finding?.severity == .warning)
                    #expect(finding?.evidence.contains { $0.contains("a host is needed") } == true)
                }
            }
        }
    }

    /// The variables for `adminctl` that the command prints when it is ready.
    private static func access(_ program: BackgroundProgram) async throws -> [String: String?] {
        var variables: [String: String] = [:]
        try await eventually("schemad dev prints the variables for adminctl", deadline: .seconds(60)) {
            guard program.status == nil else { throw SupportError(program.standardError) }
            for line in program.standardOutput.split(separator: "\n") {
                let words = line.split(whereSeparator: { $0 == " " || $0 == "=" })
                if words.first == "export", words.count == 3 { variables["\(words[1])"] = "\(words[2])" }
            }
            return variables.count == 2
        }
        return variables
    }

    @Test func migratesAndRemovesItsFiles() async throws {
        try await TestSlots.with {
            let arguments = ["dev", "--project", ProspectsExample.project, "--python", TestPython.interpreter]
            try await BackgroundProgram.with(try Products.path("schemad"), arguments) { program in
                let adminctl = try Products.path("adminctl")
                let environment = try await Self.access(program)
                let migrate = try await Program.run(adminctl, ["--json", "migrate"], environment: environment)
                #expect(try migrate.result(Migrate.Result.self).to == [ProspectsExample.head])
                try await eventually("the migrations are replayed, and the schema is the expected one") {
                    let diagnose = try await Program.run(
                        adminctl, ["--json", "diagnose", "--fresh"], environment: environment)
                    let verdict = try diagnose.result(Diagnose.Result.self).verdict
                    #expect(verdict == .inSync || verdict == .unverified)
                    return verdict == .inSync
                }
                let folder = try #require(environment["ADMINCTL_SOCKET"] ?? nil).split(separator: "/").dropLast()
                let path = folder.reduce(into: "") { $0 += "/\($1)" }
                #expect(FileManager.default.fileExists(atPath: path))
                program.signal(SIGINT)
                #expect(try await program.wait() == 0)
                #expect(!FileManager.default.fileExists(atPath: path))
            }
        }
    }
}
