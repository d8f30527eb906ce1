import Diagnosis
import FoundationEssentials
import Glibc
import Support
import Testing
import Wire

/// `schemad dev`: everything for a first look, gone afterwards.
@Suite struct DevelopmentTests {
    /// A project that looks for its URL, and for more, under names of its own.
    @Test func variablesOfTheProject() async throws {
        try await Turn.with {
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

    /// The variables that it tells `adminctl` users to set, once it does.
    private static func access(_ program: BackgroundProgram) async throws -> [String: String?] {
        var variables: [String: String] = [:]
        try await eventually("it tells how to talk to it", deadline: .seconds(60)) {
            guard program.status == nil else { throw SupportError(program.standardError) }
            for line in program.standardOutput.split(separator: "\n") {
                let words = line.split(whereSeparator: { $0 == " " || $0 == "=" })
                if words.first == "export", words.count == 3 { variables["\(words[1])"] = "\(words[2])" }
            }
            return variables.count == 2
        }
        return variables
    }

    @Test func aFirstLook() async throws {
        try await Turn.with {
            let arguments = ["dev", "--project", Prospects.project, "--python", TestPython.interpreter]
            try await BackgroundProgram.with(try Products.path("schemad"), arguments) { program in
                let adminctl = try Products.path("adminctl")
                let environment = try await Self.access(program)
                let migrate = try await Program.run(adminctl, ["--json", "migrate"], environment: environment)
                #expect(try migrate.result(Migrate.Result.self).to == [Prospects.head])
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
