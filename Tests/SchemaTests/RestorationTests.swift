import Testing

@testable import Schema

/// The statements that restore what the migrations created, from catalogs given as values.
@Suite struct RestorationTests {
    private static func script(
        _ expected: Catalog, _ live: Catalog, defaultSchema: String = "public"
    ) -> RestorationScript {
        SchemaComparison(
            SchemaSides(
                live: live, migrations: .init(expected: expected, heads: nil, managed: Set(expected.keys)),
                defaultSchema: defaultSchema)
        ).restoration
    }

    private static func statements(_ expected: Catalog, _ live: Catalog) -> [String] {
        script(expected, live).steps.flatMap(\.statements)
    }

    private static func table(
        _ name: String, _ columns: [Column], _ constraints: [Constraint] = [], indexes: [Index] = []
    ) -> Table {
        Table(schema: "public", name: name, kind: .table, columns: columns, constraints: constraints, indexes: indexes)
    }

    private static let id = Column(name: "id", type: "integer", nullable: false)
    private static let key = Constraint(
        name: "a_pkey", kind: .primaryKey, columns: ["id"], definition: "PRIMARY KEY (id)")
    private static let reference = Constraint(
        name: "b_fkey", kind: .foreignKey, columns: ["id"], definition: "FOREIGN KEY (id) REFERENCES public.a(id)",
        references: TableName(schema: "public", name: "a"))

    @Test func whatIsTheSameNeedsNothing() {
        let catalog = Catalog(tables: [Self.table("a", [Self.id], [Self.key])])
        #expect(Self.script(catalog, catalog).steps.isEmpty)
    }

    @Test func aForeignKeyFollowsTheKeyThatItNeeds() throws {
        let expected = Catalog(tables: [
            Self.table("a", [Self.id], [Self.reference]), Self.table("z", [Self.id], [Self.key]),
        ])
        var child = expected
        child.tables[0].constraints[0].definition = "FOREIGN KEY (id) REFERENCES public.z(id)"
        child.tables[0].constraints[0].references = TableName(schema: "public", name: "z")
        let live = Catalog(tables: [Self.table("a", [Self.id]), Self.table("z", [Self.id])])
        let script = Self.script(child, live)
        #expect(
            script.steps.flatMap(\.statements) == [
                "ALTER TABLE z ADD CONSTRAINT a_pkey PRIMARY KEY (id);",
                "ALTER TABLE a ADD CONSTRAINT b_fkey FOREIGN KEY (id) REFERENCES public.z(id) NOT VALID;",
                "ALTER TABLE a VALIDATE CONSTRAINT b_fkey;",
            ])
        #expect(script.steps[1].requires == [0])
        let positions = try #require(script.positions[.init(.missingConstraint, "a.b_fkey")])
        #expect(script.closure(of: positions) == [0, 1])
        #expect(
            script.steps[0].notes.last
                == "SELECT id, count(*) FROM z WHERE id IS NOT NULL GROUP BY id HAVING count(*) > 1;")
    }

    @Test func whatAColumnNeedsComesFirst() {
        let color = UserType(schema: "app", name: "color", definition: .enumeration(labels: ["red", "it's"]))
        let column = Column(name: "c", type: "app.color", nullable: false, default: "'red'::app.color")
        let expected = Catalog(schemas: ["app"], tables: [Self.table("a", [Self.id, column])], types: [color])
        let live = Catalog(tables: [Self.table("a", [Self.id])])
        #expect(
            Self.statements(expected, live) == [
                "CREATE SCHEMA IF NOT EXISTS app;",
                "CREATE TYPE app.color AS ENUM ('red', 'it''s');",
                "ALTER TABLE a ADD COLUMN IF NOT EXISTS c app.color;",
                "ALTER TABLE a ALTER COLUMN c SET DEFAULT 'red'::app.color;",
                "UPDATE a SET c = DEFAULT WHERE c IS NULL;",
                "ALTER TABLE a ALTER COLUMN c SET NOT NULL;",
            ])
        let steps = Self.script(expected, live).steps
        #expect(steps.map(\.isAlignment) == [false, false, true, false])
        #expect(steps.last?.requires.contains(2) == true)
    }

    @Test func labelsAreAddedInTheirPlaces() {
        func catalog(_ labels: [String]) -> Catalog {
            Catalog(
                tables: [Self.table("a", [Self.id])],
                types: [UserType(schema: "public", name: "e", definition: .enumeration(labels: labels))])
        }
        #expect(
            Self.statements(catalog(["x", "a", "y", "b", "z"]), catalog(["a", "b"])) == [
                "ALTER TYPE e ADD VALUE IF NOT EXISTS 'x' BEFORE 'a';",
                "ALTER TYPE e ADD VALUE IF NOT EXISTS 'y' AFTER 'a';",
                "ALTER TYPE e ADD VALUE IF NOT EXISTS 'z' AFTER 'b';",
            ])
        let extra = Self.script(catalog(["a"]), catalog(["a", "b"])).steps
        #expect(extra.count == 1 && extra[0].statements.isEmpty)
        #expect(extra[0].notes[0].hasPrefix("PostgreSQL cannot remove a label; 'b' does no harm."))
    }

    @Test func whatWasRenamedGetsItsNameBack() {
        let title = Column(name: "title", type: "text", nullable: true)
        let index = Index(name: "i", definition: "USING btree (title) WHERE (title <> 'name'::text)")
        let view = Table(
            schema: "public", name: "v", kind: .view, columns: [title], definition: " SELECT a.title FROM public.a;")
        let expected = Catalog(tables: [Self.table("a", [Self.id, title], indexes: [index]), view])
        var live = expected
        live.tables[0].columns[1].name = "name"
        live.tables[0].indexes[0].definition = "USING btree (name) WHERE (name <> 'name'::text)"
        live.tables[1].definition = " SELECT a.name AS title FROM public.a;"
        let steps = Self.script(expected, live).steps
        #expect(steps.flatMap(\.statements) == ["ALTER TABLE a RENAME COLUMN name TO title;"])
        #expect(
            Set(steps[0].resolves) == [
                .init(.missingColumn, "a.title"), .init(.extraColumn, "a.name"), .init(.index, "i"), .init(.view, "v"),
            ])
    }

    @Test func whatWasMadeByHandStays() {
        var other = Self.key
        (other.name, other.kind, other.definition) = ("by_hand", .unique, "UNIQUE (id)")
        let live = Catalog(
            tables: [
                Self.table(
                    "a", [Self.id, Column(name: "x", type: "text", nullable: true)], [Self.key, other],
                    indexes: [Index(name: "i", definition: "USING btree (x)")]), Self.table("b", [Self.id]),
            ])
        #expect(Self.script(Catalog(tables: [Self.table("a", [Self.id], [Self.key])]), live).steps.isEmpty)
    }

    @Test func anIndexIsReplacedWithoutAGap() {
        let unique = Index(name: "i", definition: "USING btree (id)", isUnique: true)
        var plain = unique
        plain.isUnique = false
        let statements = Self.statements(
            Catalog(tables: [Self.table("a", [Self.id], indexes: [unique])]),
            Catalog(tables: [Self.table("a", [Self.id], indexes: [plain])]))
        #expect(
            statements == [
                "CREATE UNIQUE INDEX CONCURRENTLY i_new ON a USING btree (id);", "DROP INDEX CONCURRENTLY i;",
                "ALTER INDEX i_new RENAME TO i;",
            ])
    }

    /// In a session of psql only `public` is found without being named.
    @Test func namesAreQualifiedUnlessEverySessionFindsThem() {
        let expected = Catalog(tables: [Self.table("a", [Self.id], [Self.key])])
        let live = Catalog(tables: [Self.table("a", [Self.id])])
        let steps = Self.script(expected, live, defaultSchema: "app").steps
        #expect(steps[0].statements == ["ALTER TABLE public.a ADD CONSTRAINT a_pkey PRIMARY KEY (id);"])
        #expect(steps[0].resolves == [.init(.missingConstraint, "public.a.a_pkey")])
    }

    @Test func aTypeIsChangedOnlyIfNoValueIsLost() {
        let text = Column(name: "c", type: "text", nullable: true, default: "'1'::text")
        let number = Column(name: "c", type: "integer", nullable: true, default: "1")
        let tables = { (column: Column) in Catalog(tables: [Self.table("a", [column])]) }
        let narrowed = Self.statements(tables(number), tables(text))
        #expect(narrowed.first == "BEGIN;" && narrowed.last == "COMMIT;")
        #expect(
            narrowed.contains(
                """
                ALTER TABLE a ALTER COLUMN c DROP DEFAULT, ALTER COLUMN c TYPE integer USING c::integer, \
                ALTER COLUMN c SET DEFAULT 1;
                """))
        let (small, big) = (
            Column(name: "c", type: "integer", nullable: true), Column(name: "c", type: "bigint", nullable: true)
        )
        #expect(Self.statements(tables(big), tables(small)) == ["ALTER TABLE a ALTER COLUMN c TYPE bigint;"])
    }
}
