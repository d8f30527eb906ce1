import Diagnosis
import FoundationEssentials
import Glibc
import Support
import Testing
import Wire

/// `schemad dev`: everything for a first look, gone afterwards.
@Suite struct DevelopmentTests {
    @Test func aFirstLook() async throws {
        try await Turn.with {
            let arguments = ["dev", "--project", Prospects.project, "--python", TestPython.interpreter]
            try await BackgroundProgram.with(try Products.path("schemad"), arguments) { program in
                var variables: [String: String] = [:]
                try await eventually("it tells how to talk to it", deadline: .seconds(60)) {
                    guard program.status == nil else { throw SupportError(program.standardError) }
                    for line in program.standardOutput.split(separator: "\n") {
                        let words = line.split(whereSeparator: { $0 == " " || $0 == "=" })
                        if words.first == "export", words.count == 3 { variables["\(words[1])"] = "\(words[2])" }
                    }
                    return variables.count == 2
                }
                let adminctl = try Products.path("adminctl")
                let environment = variables.mapValues { Optional($0) }
                let migrate = try await Program.run(adminctl, ["--json", "migrate"], environment: environment)
                #expect(try migrate.result(Migrate.Result.self).to == [Prospects.head])
                let diagnose = try await Program.run(adminctl, ["--json", "diagnose"], environment: environment)
                #expect(try diagnose.result(Diagnose.Result.self).verdict == .inSync)
                let folder = try #require(variables["ADMINCTL_SOCKET"]).split(separator: "/").dropLast()
                let path = folder.reduce(into: "") { $0 += "/\($1)" }
                #expect(FileManager.default.fileExists(atPath: path))
                program.signal(SIGINT)
                #expect(try await program.wait() == 0)
                #expect(!FileManager.default.fileExists(atPath: path))
            }
        }
    }
}
