import FoundationEssentials
import Schema
import Support
import Testing

@testable import Alembic
@testable import Inspection

/// What a replay and the created models say, and how it is written to a snapshot.
@Suite struct ExpectedSchemaTests {
    private static func expected(notCreated: [String] = [], problems: [String] = []) -> ExpectedSchema {
        var expected = InspectionFixture.expected()
        expected.notCreated = notCreated.map { ModelCreation.Failure(object: $0, message: "no privilege\nDETAIL: x") }
        expected.problems = problems
        return expected
    }

    @Test(
        arguments: [
            ([], true, false), (["index ix_users"], true, true), (["extension citext"], true, false),
            (["table users"], false, false), (["index ix_users", "table users"], false, true),
            (["schema shop"], false, false), (["type status"], false, false),
            // A table that is named like an index is still a table.
            (["table index"], false, false),
        ] as [([String], Bool, Bool)])
    func objectsThatWereNotCreated(objects: [String], hasAllTables: Bool, lacksIndexes: Bool) {
        let expected = Self.expected(notCreated: objects)
        #expect(expected.hasAllTables == hasAllTables && expected.lacksIndexes == lacksIndexes)
    }

    @Test(
        arguments: [
            ([], [], []), (["the replay stopped"], [], ["the replay stopped"]),
            (
                [], ["table users"],
                ["table users of the models could not be created in the shadow: no privilege"]
            ),
            (
                ["the replay stopped"], ["table a", "table b", "index c"],
                [
                    "the replay stopped",
                    "table a and 2 more of the models could not be created in the shadow: no privilege",
                ]
            ),
        ] as [([String], [String], [String])])
    func gaps(problems: [String], notCreated: [String], gaps: [String]) {
        #expect(Self.expected(notCreated: notCreated, problems: problems).gaps == gaps)
    }

    /// A catalog with a comment and a grant.
    private static func annotated() -> Catalog {
        var catalog = InspectionFixture.catalog(["a"])
        catalog.tables[0].comment = "people"
        catalog.tables[0].columns[0].comment = "letter"
        catalog.tables[0].privileges = ["SELECT TO reader"]
        return catalog
    }

    @Test(
        arguments: [[], [.comments], [.privileges], [.comments, .privileges]]
            as [Set<
                DatabaseSettings.OptionalComparison
            >])
    func onlyWhatIsCompared(compared: Set<DatabaseSettings.OptionalComparison>) throws {
        var history = SchemaHistory(base: Self.annotated())
        var later = Self.annotated()
        later.tables[0].comment = "users"
        history.append(revision: "a", rows: ["a"], catalog: later)
        let limited = InspectionFixture.expected(history, models: Self.annotated()).limited(to: compared)
        let tables = [
            limited.history?.base.tables.first, limited.history?.last.tables.first, limited.models?.tables.first,
        ]
        let texts = compared.contains(.comments) ? ["people", "users", "people"] : [nil, nil, nil]
        #expect(tables.map { $0?.comment } == texts)
        for table in tables {
            #expect((table?.columns.first?.comment != nil) == compared.contains(.comments))
            #expect((table?.privileges != nil) == compared.contains(.privileges))
        }
    }

    @Test func nothingToLimit() {
        let limited = InspectionFixture.expected(nil).limited(to: [])
        #expect(limited.history == nil && limited.models == nil && limited.key == "k")
    }

    @Test func theSnapshotIsReadAsItWasWritten() async throws {
        try await TemporaryFolder.with { folder in
            var expected = Self.expected(notCreated: ["index ix"], problems: ["the replay stopped"])
            expected.models = Self.annotated()
            expected.hiddenTables = [TableName(schema: "public", name: "spatial_ref_sys")]
            expected.openedInstead = "the live database"
            let text = String(decoding: try JSONEncoder().encode(expected), as: UTF8.self)
            let read = try ExpectedSchemaStore.read(try folder.write("schema.snapshot", text))
            #expect(read.format == ExpectedSchema.currentFormat && read.key == "k" && read.contentHash == "h")
            #expect(read.madeAt == "now" && read.history == expected.history && read.models == expected.models)
            #expect(read.hiddenTables == expected.hiddenTables && read.notCreated == expected.notCreated)
            #expect(read.problems == expected.problems && read.openedInstead == "the live database")
        }
    }

    @Test func snapshotsThatCannotBeRead() async throws {
        try await TemporaryFolder.with { folder in
            var older = InspectionFixture.expected()
            older.format -= 1
            let text = String(decoding: try JSONEncoder().encode(older), as: UTF8.self)
            for text in ["", "{}", "[]", text] {
                let path = try folder.write("schema.snapshot", text)
                let error = #expect(throws: InspectionError.self) { try ExpectedSchemaStore.read(path) }
                #expect(error?.code == .invalidSettings)
                #expect(error?.message.contains("create it again with schemad snapshot") == true)
            }
            let missing = folder.path("missing.snapshot")
            let error = #expect(throws: InspectionError.self) { try ExpectedSchemaStore.read(missing) }
            #expect(error?.message.hasPrefix("the snapshot \(missing) cannot be read") == true)
        }
    }
}
