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
                let diagnose = try await Program.run(adminctl, ["--json", "diagnose"], environment: environment)
                #expect(try diagnose.result(Diagnose.Result.self).verdict == .inSync)
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
