import Schema
import Testing

@Suite("Extensions in another schema")
struct ExtensionTests {
    static func catalog(_ schema: String, text: String = "gen_random_bytes", version: String = "1.3") -> Catalog {
        Catalog(
            serverVersion: 150_010,
            tables: [
                Table(
                    schema: "public", name: "t", kind: .table,
                    columns: [
                        Column(name: "id", type: "uuid", nullable: false, default: "\(schema).uuid_generate_v4()"),
                        Column(name: "name", type: "\(schema).citext", nullable: true),
                        Column(name: "place", type: "\(schema).geometry(Point,4326)[]", nullable: true),
                        Column(name: "key", type: "bytea", nullable: true, generated: "\(schema).\(text)(1)"),
                    ],
                    constraints: [
                        Constraint(
                            name: "ck", kind: .check, columns: ["name"],
                            definition: "CHECK ((name <> ''::\(schema).citext))")
                    ],
                    indexes: [
                        Index(name: "trgm", definition: "USING gin (name \(schema).gin_trgm_ops)"),
                        Index(name: "lower", definition: "USING btree (\(schema).unaccent(name))"),
                    ])
            ],
            types: [
                UserType(
                    schema: "public", name: "d",
                    definition: .domain(
                        base: "\(schema).citext", nullable: true, default: nil,
                        checks: ["c": "CHECK ((VALUE ~ 'a'::\(schema).citext))"])),
                UserType(
                    schema: "public", name: "pair",
                    definition: .composite(
                        attributes: [Column(name: "a", type: "\(schema).citext", nullable: true)])),
            ],
            extensions: ["citext", "postgis", "pgcrypto"].map {
                Extension(
                    name: $0, version: version,
                    schema: schema == "public" ? schema : String(schema.filter { $0 != "\"" }))
            })
    }

    static func compare(_ live: Catalog, _ expected: Catalog) -> SchemaComparison {
        SchemaComparison(
            SchemaSides(
                live: live, migrations: .init(expected: expected, heads: nil, managed: Set(expected.keys))))
    }

    @Test(arguments: ["extensions", "\"My Extensions\""]) func nothingElseDiffers(schema: String) {
        for (live, expected) in [(schema, "public"), ("public", schema)] {
            let comparison = Self.compare(Self.catalog(live), Self.catalog(expected))
            #expect(comparison.differences.map(\.kind) == [.extension, .extension, .extension])
            #expect(comparison.differences.allSatisfy { $0.kind.isInformational && !$0.breaking })
            #expect(comparison.notComparable.isEmpty)
        }
    }

    @Test func whatDiffersBesidesIsFound() {
        let live = Self.catalog("extensions", text: "digest", version: "1.4")
        let kinds = Self.compare(live, Self.catalog("public")).differences.map(\.kind)
        #expect(Set(kinds) == [.extension, .extensionVersion, .generated])
    }

    /// Unless an extension moved, a name in another schema is another object.
    @Test func anotherSchemaIsAnotherType() {
        var live = Self.catalog("extensions")
        var expected = Self.catalog("public")
        live.extensions = []
        expected.extensions = []
        let comparison = Self.compare(live, expected)
        #expect(Set(comparison.differences.map(\.kind)) == [.type, .default, .generated, .index, .typeDefinition])
        // The same expression with other casts.
        #expect(comparison.notComparable.map(\.kind) == [.constraint])
    }
}
