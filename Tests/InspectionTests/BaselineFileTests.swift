import Files
import FoundationEssentials
import Schema
import Support
import Testing

@testable import Inspection

/// The file of accepted differences, which people edit while the agent runs.
@Suite struct BaselineFileTests {
    private static func difference(_ object: String) -> SchemaDifference {
        SchemaDifference(kind: .missingColumn, object: object, migrations: "text", blame: .drift, breaking: true)
    }

    private static func text(_ objects: [String], version: Int = Baseline.currentVersion) throws -> String {
        var baseline = Baseline(accepting: objects.map(difference), createdAt: "2024-05-01T00:00:00Z", note: "known")
        baseline.version = version
        return String(decoding: try JSONEncoder().encode(baseline), as: UTF8.self)
    }

    @Test func withoutAFile() throws {
        let (content, reads) = BaselineFile(nil).current()
        let baseline = try content.get()
        #expect(baseline == nil && reads == 0)
    }

    @Test func aValidFile() async throws {
        try await TemporaryFolder.with { folder in
            let file = BaselineFile(try folder.write("baseline.json", try Self.text(["users.a"])))
            let (content, reads) = file.current()
            let baseline = try content.get()
            #expect(reads == 1 && baseline?.note == "known")
            #expect(baseline?.accepts(Self.difference("users.a")) == true)
            #expect(baseline?.accepts(Self.difference("users.b")) == false)
            #expect(file.current().reads == 1, "an unchanged file is not read again")
        }
    }

    @Test func aFileThatChanges() async throws {
        try await TemporaryFolder.with { folder in
            let path = try folder.write("baseline.json", try Self.text(["users.a"]))
            let file = BaselineFile(path)
            #expect(try file.current().content.get()?.accepted.count == 1)
            try folder.write("baseline.json", try Self.text(["users.a", "users.b"]))
            let changed = file.current()
            #expect(try changed.content.get()?.accepted.count == 2 && changed.reads == 2)
            FileSystem.remove(path)
            let removed = file.current()
            let error = #expect(throws: InspectionError.self) { try removed.content.get() }
            #expect(error?.code == .invalidSettings && removed.reads == 3)
            #expect(error?.message.hasPrefix("the baseline \(path) cannot be read") == true)
            try folder.write("baseline.json", try Self.text([]))
            #expect(try file.current().content.get()?.accepted.isEmpty == true)
        }
    }

    @Test(arguments: ["", "{", "[]", #"{"version": 1}"#])
    func aFileThatIsNoBaseline(text: String) async throws {
        try await TemporaryFolder.with { folder in
            let file = BaselineFile(try folder.write("baseline.json", text))
            let error = #expect(throws: InspectionError.self) { try file.current().content.get() }
            #expect(error?.code == .invalidSettings)
            #expect(error?.message.contains("create it again with adminctl diagnose --write-baseline") == true)
        }
    }

    @Test func aFileOfAnotherVersion() async throws {
        try await TemporaryFolder.with { folder in
            let file = BaselineFile(try folder.write("baseline.json", try Self.text(["users.a"], version: 2)))
            let error = #expect(throws: InspectionError.self) { try file.current().content.get() }
            #expect(error?.message.contains("not a baseline of this version") == true)
        }
    }
}
