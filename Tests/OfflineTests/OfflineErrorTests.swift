import Alembic
import Revisions
import Support
import Testing
import Wire

@testable import Offline

/// Errors of commands without an agent: a line for people, an object for programs, a status for the shell.
@Suite struct OfflineErrorTests {
    private static func members(_ error: OfflineError) throws -> JSON {
        #expect(!error.json.contains("\n"))
        let json = try JSON.parse(Array(error.json.utf8))
        #expect(json.objectValue?.members.map(\.name) == ["code", "details", "message", "retryable"])
        #expect(json["retryable"] == false)
        return json
    }

    @Test func aProject() throws {
        let error = OfflineError(
            AlembicError(
                .configurationInvalid, "must be a list", file: "/srv/app/pyproject.toml", line: 7,
                key: "tool.alembic.version_locations"))
        #expect(error.exitStatus == 78)
        #expect(error.description == "/srv/app/pyproject.toml:7: tool.alembic.version_locations: must be a list")
        let json = try Self.members(error)
        #expect(json["code"] == "project.invalid" && json["message"] == "must be a list")
        #expect(
            json["details"]
                == ["file": "/srv/app/pyproject.toml", "key": "tool.alembic.version_locations", "line": 7])
    }

    /// Unknown places are null, so that programs find the same members every time.
    @Test func aProjectWithoutAPlace() throws {
        let json = try Self.members(OfflineError(AlembicError(.projectMissing, "there is no project")))
        #expect(json["code"] == "project.missing")
        #expect(json["details"] == ["file": .null, "key": .null, "line": .null])
    }

    @Test(arguments: [(78, "project.invalid"), (69, "unavailable"), (73, "unavailable")] as [(Int32, String)])
    func aMessage(exitStatus: Int32, code: String) throws {
        let error = OfflineError(exitStatus: exitStatus, "the disk is \"full\"")
        #expect(error.exitStatus == exitStatus && error.description == "the disk is \"full\"")
        let json = try Self.members(error)
        #expect(json["code"] == .string(code) && json["message"] == "the disk is \"full\"" && json["details"] == [:])
    }

    @Test func aRevisionThatDoesNotExist() throws {
        let graph = RevisionGraph("a", "b:a")
        let error = #expect(throws: OfflineError.self) {
            try GraphReport(graph).text(as: .json, around: "no\u{1B}such")
        }
        let found = try #require(error)
        #expect(found.exitStatus == 64 && found.description.hasPrefix(#"--around no\u{1b}such: "#))
        let json = try Self.members(found)
        #expect(json["code"] == "usage" && json["details"] == ["target": "no\u{1B}such"])
    }

    /// A terminal must not interpret what comes from a project.
    @Test func controlCharactersAreVisible() throws {
        let error = OfflineError(exitStatus: 69, "a\u{1B}[31m\nb")
        #expect(error.description == "a\\u{1b}[31m\n  b")
        #expect(try Self.members(error)["message"] == "a\u{1B}[31m\nb", "JSON escapes it")
    }
}
