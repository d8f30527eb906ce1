import Schema
import Testing

/// What follows from the change of a catalog about the privileges that a revision needs.
@Suite("Privileged operations of a revision") struct PrivilegedOperationTests {
    private static func table(_ name: String, _ change: (inout Table) -> Void = { _ in }) -> Table {
        var table = Table(
            schema: "public", name: name, kind: .table,
            columns: [Column(name: "id", type: "integer", nullable: false)])
        change(&table)
        return table
    }

    private static let notes = table("notes")
    private static let index = Index(name: "notes_id", definition: "USING btree (id)")
    private static let size = UserType(schema: "public", name: "size", definition: .enumeration(labels: ["s"]))
    private static func key(_ name: String) -> ObjectKey { ObjectKey(.relation, schema: "public", name: name) }

    private static func reference(to other: String) -> Constraint {
        Constraint(
            name: "parts_note", kind: .foreignKey, columns: ["id"],
            definition: "FOREIGN KEY (id) REFERENCES public.\(other)(id)",
            references: TableName(schema: "public", name: other))
    }

    struct Example: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var before = [notes]
        var after: [Table]
        /// Nil is a database like `before`.
        var live: [Table]?
        var typesBefore: [UserType] = []
        var typesAfter: [UserType] = []
        var schemasAfter = ["public"]
        var operations: [PrivilegedOperation]
    }

    private static func withColumn(_ name: String = "text", _ type: String = "text") -> Table {
        table("notes") { $0.columns.append(Column(name: name, type: type, nullable: true)) }
    }

    static let examples = [
        Example(testDescription: "nothing", after: [notes], operations: []),
        Example(
            testDescription: "a new table", after: [notes, table("parts")], operations: [.creates(key("parts"))]),
        Example(
            testDescription: "a new table that refers to another",
            after: [notes, table("parts") { $0.constraints = [reference(to: "notes")] }],
            operations: [.creates(key("parts")), .references(key("notes"))]),
        Example(
            testDescription: "a new table that refers to itself",
            after: [notes, table("parts") { $0.constraints = [reference(to: "parts")] }],
            operations: [.creates(key("parts"))]),
        Example(
            testDescription: "a partition of a table",
            after: [
                notes,
                table("parts") { $0.parents = [notes.qualifiedName] },
            ], operations: [.creates(key("parts")), .alters(key("notes"))]),
        Example(testDescription: "a new column", after: [withColumn()], operations: [.alters(key("notes"))]),
        Example(
            testDescription: "a column that the database has already", after: [withColumn()], live: [withColumn()],
            operations: []),
        Example(
            testDescription: "a column in a table that the database lacks", after: [withColumn()], live: [],
            operations: []),
        Example(
            testDescription: "a dropped column", before: [withColumn()], after: [notes],
            operations: [.alters(key("notes"))]),
        Example(
            testDescription: "a column that goes with its type", before: [withColumn("size", "public.size")],
            after: [notes], typesBefore: [size],
            operations: [.drops(ObjectKey(.type, schema: "public", name: "size"))]),
        Example(
            testDescription: "another type of a column", before: [withColumn("text", "text")],
            after: [withColumn("text", "jsonb")], operations: [.alters(key("notes"))]),
        Example(
            testDescription: "a type that was renamed", before: [withColumn("size", "public.size")],
            after: [withColumn("size", "public.scale")], typesBefore: [size],
            typesAfter: [UserType(schema: "public", name: "scale", definition: size.definition)],
            operations: [
                .creates(ObjectKey(.type, schema: "public", name: "scale")),
                .drops(ObjectKey(.type, schema: "public", name: "size")),
            ]),
        Example(
            testDescription: "a new label", after: [notes], typesBefore: [size],
            typesAfter: [UserType(schema: "public", name: "size", definition: .enumeration(labels: ["s", "m"]))],
            operations: [.alters(ObjectKey(.type, schema: "public", name: "size"))]),
        Example(
            testDescription: "a new index", after: [table("notes") { $0.indexes = [index] }],
            operations: [.alters(key("notes")), .addsIndex(key("notes"))]),
        Example(
            testDescription: "a dropped index", before: [table("notes") { $0.indexes = [index] }], after: [notes],
            operations: [.drops(key("notes"))]),
        Example(
            testDescription: "a foreign key between tables",
            before: [notes, table("parts")],
            after: [notes, table("parts") { $0.constraints = [reference(to: "notes")] }],
            operations: [.alters(key("parts")), .references(key("notes"))]),
        Example(
            testDescription: "a foreign key that goes with its table",
            before: [notes, table("parts") { $0.constraints = [reference(to: "notes")] }], after: [table("parts")],
            operations: [.drops(key("notes"))]),
        Example(
            testDescription: "a dropped foreign key",
            before: [notes, table("parts") { $0.constraints = [reference(to: "notes")] }],
            after: [notes, table("parts")], operations: [.alters(key("parts"))]),
        Example(
            testDescription: "a new trigger",
            after: [
                table("notes") { $0.triggers = [Trigger(name: "log", definition: "CREATE TRIGGER", state: .origin)] }
            ], operations: [.addsTrigger(key("notes"))]),
        Example(testDescription: "a dropped table", after: [], operations: [.drops(key("notes"))]),
        Example(testDescription: "a dropped table that the database lacks", after: [], live: [], operations: []),
        Example(testDescription: "a dropped schema", after: [], schemasAfter: [], operations: []),
        Example(
            testDescription: "a new schema with a table",
            after: [
                notes,
                Table(schema: "shop", name: "orders", kind: .table, columns: []),
            ], schemasAfter: ["public", "shop"],
            operations: [
                .creates(ObjectKey(.schema, name: "shop")),
                .creates(ObjectKey(.relation, schema: "shop", name: "orders")),
            ]),
    ]

    @Test(arguments: examples) func operations(of example: Example) {
        let before = Catalog(schemas: ["public"], tables: example.before, types: example.typesBefore)
        let after = Catalog(schemas: example.schemasAfter, tables: example.after, types: example.typesAfter)
        let live = Catalog(
            schemas: ["public"], tables: example.live ?? example.before, types: example.typesBefore)
        var history = SchemaHistory()
        history.append(revision: "a", rows: ["a"], catalog: before)
        history.append(revision: "b", rows: ["b"], catalog: after)
        #expect(history.privilegedOperations(of: ["b"], on: live) == ["b": example.operations])
    }

    @Test func revisionsThatTheReplayDidNotReachAreAbsent() {
        var history = SchemaHistory()
        history.append(revision: "a", rows: ["a"], catalog: Catalog(tables: [Self.notes]))
        history.fail(revision: "b", message: "syntax error")
        #expect(history.privilegedOperations(of: ["b", "c"], on: Catalog(tables: [])) == [:])
        #expect(
            history.privilegedOperations(of: ["a", "b"], on: Catalog(tables: [])) == [
                "a": [.creates(Self.key("notes"))]
            ])
    }

    @Test func routinesWithThePrivilegesOfTheirOwner() {
        func history(_ definition: String) -> SchemaHistory {
            let routine = Routine(schema: "public", signature: "f()", definition: definition)
            return SchemaHistory(base: Catalog(tables: [], routines: [routine]))
        }
        #expect(history("CREATE FUNCTION public.f()\n SECURITY DEFINER\nAS $$ $$").hasSecurityDefiner)
        #expect(!history("CREATE FUNCTION public.f()\nAS $$ $$").hasSecurityDefiner)
    }
}
