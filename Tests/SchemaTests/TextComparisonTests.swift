import Schema
import Testing

/// Definitions that PostgreSQL can print in several ways.
@Suite("Several texts of one definition")
struct TextComparisonTests {
    static let table = TableName(schema: "public", name: "t")
    /// `a IN ('a', 'b')` for a varchar column as PostgreSQL 15 prints it, and the same after a dump and restore.
    static let original = "((a)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))"
    static let restored = "((a)::text = ANY (ARRAY[('a'::character varying)::text, ('b'::character varying)::text]))"
    static let other = "((a)::text = ANY (ARRAY[('a'::character varying)::text, ('c'::character varying)::text]))"
    /// The same expression with other parentheses.
    static let regrouped = "(((a)::text) = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))"

    /// A database in which every object that can contain an expression contains this one.
    static func catalog(_ text: String, version: Int = 150_010, type: String = "character varying") -> Catalog {
        Catalog(
            serverVersion: version,
            tables: [
                Table(
                    schema: "public", name: "t", kind: .table,
                    columns: [
                        Column(name: "a", type: type, nullable: true),
                        Column(name: "b", type: "boolean", nullable: true, default: text),
                        Column(name: "g", type: "boolean", nullable: true, generated: text),
                    ],
                    constraints: [
                        Constraint(name: "ck", kind: .check, columns: ["a"], definition: "CHECK (\(text))"),
                        Constraint(
                            name: "ex", kind: .exclude, columns: ["a"],
                            definition: "EXCLUDE USING gist (a WITH =) WHERE (\(text))"),
                    ],
                    indexes: [Index(name: "ix", definition: "USING btree (a) WHERE \(text)")],
                    triggers: [
                        Trigger(name: "tr", definition: "CREATE TRIGGER tr … WHEN (\(text)) EXECUTE FUNCTION f()")
                    ], policies: [Policy(name: "p", using: text, check: text)]),
                Table(
                    schema: "public", name: "v", kind: .view,
                    columns: [Column(name: "a", type: "text", nullable: true)],
                    definition: " SELECT t.a\n   FROM public.t\n  WHERE \(text);"),
            ],
            types: [
                UserType(
                    schema: "public", name: "d",
                    definition: .domain(base: "text", nullable: true, default: text, checks: ["c": "CHECK (\(text))"]))
            ],
            routines: [
                Routine(schema: "public", signature: "f()", definition: "… BEGIN ATOMIC\n SELECT \(text);\nEND\n")
            ])
    }

    static let everywhere: Set<SchemaDifference.Kind> = [
        .default, .generated, .constraint, .index, .trigger, .policy, .view, .typeDefinition, .function,
    ]

    static func sides(_ live: Catalog, _ expected: Catalog, parsed: [ExpressionText: String] = [:]) -> SchemaSides {
        SchemaSides(
            live: live, migrations: .init(expected: expected, heads: nil, managed: Set(expected.keys)),
            parsedTexts: parsed)
    }

    @Test func aRestoredDumpDoesNotDiffer() {
        for (live, expected) in [(Self.restored, Self.original), (Self.original, Self.restored)] {
            let comparison = SchemaComparison(Self.sides(Self.catalog(live), Self.catalog(expected)))
            #expect(comparison.differences.isEmpty)
            #expect(comparison.notComparable.isEmpty)
        }
    }

    @Test func otherExpressionsDiffer() {
        let comparison = SchemaComparison(Self.sides(Self.catalog(Self.other), Self.catalog(Self.original)))
        #expect(Set(comparison.differences.map(\.kind)) == Self.everywhere)
        #expect(comparison.differences.count == 10)
        #expect(comparison.differences.allSatisfy { $0.blame == .drift && !$0.breaking })
        #expect(comparison.notComparable.isEmpty)
    }

    @Test func otherParenthesesAreNotComparable() {
        let comparison = SchemaComparison(Self.sides(Self.catalog(Self.regrouped), Self.catalog(Self.original)))
        #expect(comparison.differences.isEmpty)
        #expect(Set(comparison.notComparable.map(\.kind)) == Self.everywhere)
        #expect(comparison.notComparable.count == 10)
    }

    @Test func textsParsedByAShadowDecide() {
        let sides = Self.sides(Self.catalog(Self.regrouped), Self.catalog(Self.original))
        let wanted = SchemaComparison(sides).textsToParse
        #expect(wanted.count == 22)
        #expect(SchemaComparison(sides).textsToParse == wanted)
        let same = Dictionary(
            uniqueKeysWithValues: wanted.map { ($0, $0.text.replacing(Self.regrouped, with: Self.original)) })
        let equal = SchemaComparison(Self.sides(sides.live, Self.catalog(Self.original), parsed: same))
        #expect(equal.differences.isEmpty)
        #expect(equal.notComparable.isEmpty)
        // Each side is printed unchanged, so the parentheses have a meaning.
        let apart = Dictionary(uniqueKeysWithValues: wanted.map { ($0, $0.text) })
        let different = SchemaComparison(Self.sides(sides.live, Self.catalog(Self.original), parsed: apart))
        #expect(Set(different.differences.map(\.kind)) == Self.everywhere)
        #expect(different.notComparable.isEmpty)
    }

    @Test func nothingIsParsedAgainWhereNothingDiffers() {
        let same = Self.sides(Self.catalog(Self.restored), Self.catalog(Self.original))
        #expect(SchemaComparison(same).textsToParse.isEmpty)
        let lost = Self.sides(Catalog(tables: []), Self.catalog(Self.original))
        #expect(SchemaComparison(lost).textsToParse.isEmpty)
    }

    @Test func acrossMajorVersionsOnlyStructureIsCompared() {
        let live = Self.catalog(Self.other, version: 130_004)
        let sides = Self.sides(live, Self.catalog(Self.original))
        let comparison = SchemaComparison(sides)
        #expect(comparison.differences.isEmpty)
        #expect(Set(comparison.notComparable.map(\.kind)) == Self.everywhere)
        #expect(
            comparison.notComparable.allSatisfy { $0.reason == "PostgreSQL 15 and 13 print expressions differently" })
        var structure = live
        structure.tables[0].columns[0].type = "integer"
        structure.tables[0].constraints.removeFirst()
        structure.tables[0].indexes[0] = Index(name: "ix", definition: "USING btree (b)")
        let kinds = SchemaComparison(Self.sides(structure, Self.catalog(Self.original))).differences.map(\.kind)
        #expect(kinds == [.type, .missingConstraint, .index])
        // Printed again by one server, the texts can be compared.
        let parsed = Dictionary(
            uniqueKeysWithValues: SchemaComparison(sides).textsToParse.map { ($0, "the same") })
        #expect(SchemaComparison(Self.sides(live, Self.catalog(Self.original), parsed: parsed)).notComparable.isEmpty)
    }

    @Test func anotherTypeChangesTheTextOfAnExpression() {
        var live = Self.catalog(
            "(a = ANY (ARRAY[('a'::character varying)::text, ('b'::character varying)::text]))", type: "text")
        let expected = Self.catalog(Self.original)
        // Only the parts of the table whose column changed.
        live.tables[0].columns[1] = expected.tables[0].columns[1]
        live.tables[0].columns[2] = expected.tables[0].columns[2]
        live.tables[1] = expected.tables[1]
        live.types = expected.types
        live.routines = expected.routines
        let comparison = SchemaComparison(Self.sides(live, expected))
        #expect(comparison.differences.map(\.kind) == [.type])
        #expect(Set(comparison.notComparable.map(\.kind)) == [.constraint, .index, .trigger, .policy])
    }

    @Test func anotherTypeChangesTheCastOfADefault() {
        let catalog = { (type: String, value: String) in
            Catalog(tables: [
                Table(
                    schema: "public", name: "t", kind: .table,
                    columns: [Column(name: "a", type: type, nullable: true, default: value)])
            ])
        }
        let expected = catalog("character varying(9)", "'x'::character varying")
        let recast = SchemaComparison(Self.sides(catalog("text", "'x'::text"), expected))
        #expect(recast.differences.map(\.kind) == [.type])
        let changed = SchemaComparison(Self.sides(catalog("text", "'y'::text"), expected))
        #expect(changed.differences.map(\.kind) == [.type, .default])
    }

    @Test func whatWasNotReadIsNotComparable() {
        let expected = Self.catalog(Self.original)
        var live = expected
        live.tables[1].definition = nil
        live.routines[0].definition = nil
        let comparison = SchemaComparison(Self.sides(live, expected))
        #expect(comparison.differences.isEmpty)
        #expect(comparison.notComparable.map(\.kind) == [.function, .view])
        live.tables[1].columns[0].type = "integer"
        #expect(SchemaComparison(Self.sides(live, expected)).differences.map(\.kind) == [.view])
    }

    /// One definition under several names, and several definitions under one name.
    @Test func constraintsAreMatchedByDefinitionFirst() {
        let check = { (name: String, text: String) in
            Constraint(name: name, kind: .check, columns: ["a"], definition: "CHECK (\(text))")
        }
        var live = Self.catalog("true")
        var expected = live
        expected.tables[0].constraints = [
            check("one", Self.original), check("two", "(1 = 1)"), check("three", "(2 = 2)"),
        ]
        live.tables[0].constraints = [check("one", "(1 = 1)"), check("two", Self.restored), check("three", "(3 = 3)")]
        let comparison = SchemaComparison(Self.sides(live, expected))
        #expect(comparison.differences.map(\.kind) == [.constraint, .constraintName, .constraintName])
        #expect(comparison.differences.map(\.object) == ["t.three", "t.one", "t.two"])
        #expect(comparison.differences.map(\.migrations) == ["CHECK ((2 = 2))", "two", "one"])
    }

    @Test func aConstraintOfAnotherNameIsAChangedOneIfNoOtherMatches() {
        let key = { (name: String, text: String) in
            Constraint(
                name: name, kind: .foreignKey, columns: ["a"],
                definition: "FOREIGN KEY (a) REFERENCES public.o(id)\(text)",
                references: TableName(schema: "public", name: "o"))
        }
        var live = Self.catalog("true")
        var expected = live
        expected.tables[0].constraints = [key("one", "")]
        live.tables[0].constraints = [key("other", " ON DELETE CASCADE")]
        #expect(SchemaComparison(Self.sides(live, expected)).differences.map(\.kind) == [.constraint])
        live.tables[0].constraints.append(key("more", " ON DELETE SET NULL"))
        #expect(
            SchemaComparison(Self.sides(live, expected)).differences.map(\.kind)
                == [.missingConstraint, .extraConstraint, .extraConstraint])
    }

    @Test func aDuplicateConstraintIsExtra() {
        let expected = Self.catalog("true")
        var live = expected
        live.tables[0].constraints.append(live.tables[0].constraints[0])
        live.tables[0].constraints[2].name = "again"
        let comparison = SchemaComparison(Self.sides(live, expected))
        #expect(comparison.differences.map(\.kind) == [.extraConstraint])
        #expect(comparison.differences.map(\.object) == ["t.again"])
    }
}
