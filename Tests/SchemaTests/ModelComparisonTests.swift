import Schema
import Testing

/// Without migrations: the models compared with the live database by names, types and nullability.
@Suite("Comparison without migrations")
struct ModelComparisonTests {
    static func live(_ columns: Column...) -> Catalog {
        Catalog(tables: [Table(schema: "public", name: "t", kind: .table, columns: columns)])
    }

    static func compare(
        _ columns: [ModelColumn], _ live: Catalog, options: ComparisonOptions = ComparisonOptions()
    ) -> SchemaComparison {
        let models = ModelSchema(tables: [ModelTable(name: "t", columns: columns)], defaultSchema: "public")
        return SchemaComparison(SchemaSides(live: live, models: .described(models)), options: options)
    }

    static func column(_ type: String, nullable: Bool = true) -> ModelColumn {
        ModelColumn(name: "c", type: type, nullable: nullable)
    }

    @Test(arguments: [
        ("VARCHAR(255)", "character varying(255)"), ("VARCHAR", "character varying"), ("INTEGER", "integer"),
        ("BIGINT", "bigint"), ("SMALLINT", "smallint"), ("FLOAT", "double precision"), ("FLOAT(24)", "real"),
        ("FLOAT(53)", "double precision"), ("REAL", "real"), ("DOUBLE PRECISION", "double precision"),
        ("NUMERIC", "numeric"), ("NUMERIC(10, 2)", "numeric(10,2)"), ("NUMERIC(10)", "numeric(10,0)"),
        ("DECIMAL(10, 2)", "numeric(10,2)"), ("BOOLEAN", "boolean"), ("DATE", "date"),
        ("DATETIME", "timestamp without time zone"), ("TIMESTAMP", "timestamp without time zone"),
        ("TIMESTAMP WITHOUT TIME ZONE", "timestamp without time zone"),
        ("TIMESTAMP WITH TIME ZONE", "timestamp with time zone"),
        ("TIMESTAMP(3) WITH TIME ZONE", "timestamp(3) with time zone"),
        ("TIMESTAMP(6) WITHOUT TIME ZONE", "timestamp without time zone"),
        ("TIME WITHOUT TIME ZONE", "time without time zone"), ("INTERVAL", "interval"),
        ("INTERVAL DAY TO SECOND", "interval day to second"), ("INTERVAL(3)", "interval(3)"), ("TEXT", "text"),
        ("BYTEA", "bytea"), ("UUID", "uuid"), ("JSON", "json"), ("JSONB", "jsonb"), ("INET", "inet"),
        ("BIT", "bit(1)"), ("BIT(3)", "bit(3)"), ("BIT VARYING(5)", "bit varying(5)"), ("BIT VARYING", "bit varying"),
        ("CHAR(3)", "character(3)"), ("CHAR", "character(1)"), ("SERIAL", "integer"), ("BIGSERIAL", "bigint"),
        ("SMALLSERIAL", "smallint"), ("TSVECTOR", "tsvector"), ("INT4RANGE", "int4range"),
        ("TSTZMULTIRANGE", "tstzmultirange"), ("VARCHAR[]", "character varying[]"),
        ("VARCHAR(10)[]", "character varying(10)[]"), ("INTEGER[][]", "integer[]"),
        ("VARCHAR(50) COLLATE \"de_DE\"", "character varying(50)"), ("mood", "public.mood"),
        ("crm.mood", "crm.mood"), ("\"Mood Of\"", "public.\"Mood Of\""),
        ("\"My Schema\".\"Mood\"", "\"My Schema\".\"Mood\""),
        ("mood[]", "public.mood[]"), ("CITEXT", "public.citext"), ("VECTOR(1536)", "public.vector(1536)"),
        ("geometry(POINT,4326)", "public.geometry(Point,4326)"),
    ])
    func textsOfOneType(model: String, live: String) {
        let comparison = Self.compare(
            [Self.column(model)], Self.live(Column(name: "c", type: live, nullable: true)))
        #expect(comparison.differences.isEmpty)
        #expect(comparison.notComparable.isEmpty)
    }

    @Test(arguments: [
        ("VARCHAR(255)", "character varying(100)", true), ("VARCHAR(100)", "character varying(255)", false),
        ("VARCHAR(255)", "text", false), ("TEXT", "character varying(255)", true), ("BIGINT", "integer", true),
        ("INTEGER", "bigint", false), ("TIMESTAMP WITH TIME ZONE", "timestamp without time zone", true),
        ("UUID", "text", true), ("VARCHAR[]", "character varying", true), ("JSONB", "public.mood", true),
        ("mood", "text", true),
    ])
    func typesThatDiffer(model: String, live: String, isBreaking: Bool) {
        var catalog = Self.live(Column(name: "c", type: live, nullable: true))
        catalog.types = [UserType(schema: "public", name: "mood", definition: .enumeration(labels: ["a"]))]
        let comparison = Self.compare([Self.column(model)], catalog)
        #expect(
            comparison.differences == [
                SchemaDifference(kind: .type, object: "t.c", models: model, live: live, breaking: isBreaking)
            ])
        #expect(
            Self.compare([Self.column(model)], catalog, options: ComparisonOptions(compareType: false)).differences
                .isEmpty)
    }

    @Test(arguments: [
        ("LONGTEXT", "text"), ("", "integer"), ("mood", "public.feeling"), ("mood", "text"),
        ("geometry(GEOMETRY,-1)", "public.geometry"), ("STRUCT<a INT>", "jsonb"), ("crm.mood", "public.mood"),
    ])
    func anUnknownTypeIsNotComparable(model: String, live: String) {
        let comparison = Self.compare(
            [Self.column(model)], Self.live(Column(name: "c", type: live, nullable: true)))
        #expect(comparison.differences.isEmpty)
        #expect(comparison.notComparable.map(\.kind) == [.type])
        #expect(comparison.notComparable.map(\.object) == ["t.c"])
    }

    @Test func nullabilityIsAWarningOnly() {
        for nullable in [true, false] {
            let comparison = Self.compare(
                [Self.column("TEXT", nullable: nullable)],
                Self.live(Column(name: "c", type: "text", nullable: !nullable)))
            #expect(comparison.differences.map(\.kind) == [.nullability])
            #expect(!comparison.isBreaking)
        }
    }

    @Test func aRequiredColumnThatTheModelsLackBreaksThem() {
        let known = Column(name: "c", type: "text", nullable: true)
        let extra = Column(name: "x", type: "text", nullable: false)
        let comparison = Self.compare([Self.column("TEXT")], Self.live(known, extra))
        #expect(comparison.differences.map(\.kind) == [.extraColumn])
        #expect(comparison.differences.map(\.breaking) == [true])
        #expect(!comparison.isBreaking, "the migrations may be meant to differ")
        let harmless = Column(name: "x", type: "text", nullable: true)
        #expect(Self.compare([Self.column("TEXT")], Self.live(known, harmless)).differences.isEmpty)
    }

    @Test func unfinishedConstraintsAndIndexesAreReported() {
        var live = Self.live(Column(name: "c", type: "text", nullable: true))
        live.tables[0].constraints = [
            Constraint(name: "ck", kind: .check, columns: ["c"], definition: "CHECK (true)", isValidated: false)
        ]
        live.tables[0].indexes = [Index(name: "ix", definition: "USING btree (c)", isValid: false)]
        let comparison = Self.compare([Self.column("TEXT")], live)
        #expect(comparison.differences.map(\.kind) == [.constraintNotValidated, .indexInvalid])
        #expect(comparison.differences.map(\.live) == ["CHECK (true) NOT VALID", "ON t USING btree (c) INVALID"])
        #expect(!comparison.isBreaking)
    }

    @Test func aTableIsFoundAlongTheSearchPath() {
        var live = Self.live(Column(name: "c", type: "text", nullable: true))
        live.tables[0].schema = "shared"
        let model = ModelTable(name: "t", columns: [Self.column("TEXT")])
        let schema = ModelSchema(tables: [model], defaultSchema: "public", searchPath: ["shared"])
        #expect(SchemaComparison(SchemaSides(live: live, models: .described(schema))).differences.isEmpty)
        let created = Catalog(tables: [
            Table(
                schema: "public", name: "t", kind: .table, columns: [Column(name: "c", type: "text", nullable: true)])
        ])
        var sides = SchemaSides(live: live, models: .created(created), searchPath: ["shared"])
        #expect(SchemaComparison(sides).differences.isEmpty)
        sides.searchPath = []
        #expect(SchemaComparison(sides).missingTables == [TableName(schema: "public", name: "t")])
    }

    @Test func labelsThatTheDatabaseLacks() {
        let type = { (labels: [String]) in
            UserType(schema: "public", name: "mood", definition: .enumeration(labels: labels))
        }
        let sides = SchemaSides(
            live: Catalog(tables: Self.live().tables, types: [type(["a", "x"])]),
            models: .created(Catalog(tables: Self.live().tables, types: [type(["a", "b"])])))
        #expect(SchemaComparison(sides).differences.map(\.kind) == [.enumLabels])
        #expect(SchemaComparison(sides).differences.map(\.breaking) == [true])
    }

    @Test func withoutModelsNothingIsCompared() {
        let comparison = SchemaComparison(SchemaSides(live: Self.live()))
        #expect(comparison == SchemaComparison(hasMigrations: false))
        #expect(comparison.tablesCompared == 0)
    }
}
