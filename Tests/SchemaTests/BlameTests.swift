import Schema
import Testing

/// Which side is blamed for a difference, and which differences break the models, with all three sides known.
@Suite("Blame and severity")
struct BlameTests {
    static let id = Column(name: "id", type: "integer", nullable: false, identity: .byDefault)
    static let email = Column(name: "email", type: "character varying(255)", nullable: true)
    static let bio = Column(name: "bio_text", type: "text", nullable: true)

    static func catalog(_ columns: [Column]..., name: String = "prospects") -> Catalog {
        Catalog(
            serverVersion: 150_010,
            tables: columns.enumerated().map {
                Table(schema: "public", name: $0 == 0 ? name : "\(name)\($0)", kind: .table, columns: $1)
            })
    }

    static let atHead = catalog([id, email, bio])
    static let before = catalog([id, email])

    static func compare(
        live: Catalog, expected: Catalog, heads: Catalog? = nil, models: Catalog?,
        options: ComparisonOptions = ComparisonOptions()
    ) -> SchemaComparison {
        SchemaComparison(
            SchemaSides(
                live: live,
                migrations: .init(
                    expected: expected, heads: heads ?? expected,
                    managed: Set(expected.keys).union((heads ?? expected).keys)),
                models: models.map { .created($0) }), options: options)
    }

    @Test func aDroppedColumnIsDriftAndBreaksTheModels() {
        let comparison = Self.compare(live: Self.before, expected: Self.atHead, models: Self.atHead)
        #expect(
            comparison.differences == [
                SchemaDifference(
                    kind: .missingColumn, object: "prospects.bio_text", models: "text", migrations: "text",
                    blame: .drift, breaking: true)
            ])
        #expect(
            comparison.missingColumns == [MissingColumn(table: "prospects", column: "bio_text", type: "text")])
        #expect(comparison.isBreaking)
    }

    @Test func aDroppedColumnThatNobodyMapsBreaksNothing() {
        let comparison = Self.compare(live: Self.before, expected: Self.atHead, models: Self.before)
        #expect(comparison.differences.map(\.breaking) == [false])
        #expect(comparison.missingColumns.isEmpty)
        #expect(comparison.advice.map(\.blame) == [.modelsBehind])
    }

    @Test func aDatabaseThatIsBehindHasNoDrift() {
        let unmapped = Self.compare(
            live: Self.before, expected: Self.before, heads: Self.atHead, models: Self.before)
        #expect(unmapped.differences.isEmpty)
        let mapped = Self.compare(live: Self.before, expected: Self.before, heads: Self.atHead, models: Self.atHead)
        #expect(mapped.differences.map(\.object) == ["prospects.bio_text"])
        // A pending revision adds the column: no side is to blame, and the models' statements fail until it has run.
        #expect(mapped.differences.map(\.blame) == [nil])
        #expect(mapped.isBreaking)
        #expect(mapped.advice.isEmpty)
    }

    @Test func aColumnThatNoRevisionAddsIsAMissingMigration() {
        let comparison = Self.compare(live: Self.before, expected: Self.before, models: Self.atHead)
        #expect(comparison.differences.map(\.kind) == [.missingColumn])
        #expect(comparison.differences.map(\.blame) == [.missingMigration])
        #expect(comparison.missingColumns.map(\.column) == ["bio_text"])
        #expect(comparison.advice.map(\.blame) == [.missingMigration])
        #expect(comparison.isBreaking)
    }

    @Test func aColumnAddedBeforeItsRevisionIsHandMade() {
        let comparison = Self.compare(
            live: Self.atHead, expected: Self.before, heads: Self.atHead, models: Self.atHead)
        #expect(comparison.differences.map(\.kind) == [.extraColumn])
        #expect(comparison.differences.map(\.blame) == [.handMade])
        #expect(!comparison.isBreaking)
    }

    @Test func aTableThatARevisionDroppedAndThatStillExistsIsHandMade() {
        let old = Self.catalog([Self.id], name: "old")
        let live = Catalog(serverVersion: 150_010, tables: Self.atHead.tables + old.tables)
        let sides = SchemaSides(
            live: live,
            migrations: .init(
                expected: Self.atHead, heads: Self.atHead, managed: Set(Self.atHead.keys + old.keys)),
            models: .created(Self.atHead))
        let comparison = SchemaComparison(sides)
        #expect(comparison.differences.map(\.kind) == [.extraTable])
        #expect(comparison.differences.map(\.blame) == [.handMade])
        #expect(comparison.unmanaged.isEmpty)
        #expect(!comparison.isBreaking)
    }

    @Test func theVersionTableIsLeftOut() {
        let version = Table(schema: "public", name: "alembic_version", kind: .table, columns: [Self.bio])
        for (live, expected) in [([version], []), ([], [version])] {
            var sides = SchemaSides(
                live: Catalog(tables: live),
                migrations: .init(expected: Catalog(tables: expected), heads: nil, managed: [version.key]),
                models: .created(Catalog(tables: [version])))
            #expect(!SchemaComparison(sides).differences.isEmpty)
            sides.versionTables = [version.qualifiedName]
            let comparison = SchemaComparison(sides)
            #expect(comparison.differences.isEmpty)
            #expect(comparison.unmanaged.isEmpty)
            #expect(comparison.tablesCompared == 0)
        }
    }

    /// The live column, the models' type, and whether the difference breaks the models; the migrations have `expected`.
    @Test(arguments: [
        // Narrower than the models' type.
        (Column(name: "c", type: "character varying(100)", nullable: true), "character varying(255)", true),
        // Narrower than the migrations' type, and the models' own type.
        (Column(name: "c", type: "character varying(100)", nullable: true), "character varying(100)", false),
        (Column(name: "c", type: "text", nullable: true), "character varying(255)", false),
        (Column(name: "c", type: "integer", nullable: true), "character varying(255)", true),
    ])
    func aTypeBreaksTheModelsWhenItIsNarrowerThanTheirs(live: Column, mapped: String, isBreaking: Bool) {
        let expected = Self.catalog([Self.id, Column(name: "c", type: "character varying(255)", nullable: true)])
        let models = Self.catalog([Self.id, Column(name: "c", type: mapped, nullable: true)])
        let comparison = Self.compare(live: Self.catalog([Self.id, live]), expected: expected, models: models)
        #expect(comparison.differences.map(\.kind) == [.type])
        #expect(comparison.differences.map(\.models) == [mapped])
        #expect(comparison.isBreaking == isBreaking)
    }

    /// A column that was set to NOT NULL: the models' column, and whether the change breaks them.
    @Test(arguments: [
        (Optional<Column>.none, true),
        (Column(name: "c", type: "text", nullable: true), true),
        (Column(name: "c", type: "text", nullable: false), false),
        (Column(name: "c", type: "text", nullable: false, default: "''::text"), true),
    ])
    func aColumnThatMustNotBeNullBreaksModelsThatDoNotFillIt(mapped: Column?, isBreaking: Bool) {
        let nullable = Column(name: "c", type: "text", nullable: true)
        var live = nullable
        live.nullable = false
        let models = Self.catalog([Self.id] + (mapped.map { [$0] } ?? []))
        let comparison = Self.compare(
            live: Self.catalog([Self.id, live]), expected: Self.catalog([Self.id, nullable]), models: models)
        #expect(comparison.differences.map(\.kind) == [.nullability])
        #expect(comparison.differences.map(\.breaking) == [isBreaking])
        live.default = "''::text"
        let filled = Self.compare(
            live: Self.catalog([Self.id, live]), expected: Self.catalog([Self.id, nullable]), models: models)
        #expect(!filled.isBreaking)
    }

    @Test func lostConstraintsAndIndexesBreakNothing() {
        var expected = Self.atHead
        expected.tables[0].constraints = [
            Constraint(name: "uq", kind: .unique, columns: ["email"], definition: "UNIQUE (email)")
        ]
        expected.tables[0].indexes = [Index(name: "ix", definition: "USING btree (email)")]
        let comparison = Self.compare(live: Self.atHead, expected: expected, models: expected)
        #expect(comparison.differences.map(\.kind) == [.missingConstraint, .missingIndex])
        #expect(comparison.differences.map(\.object) == ["prospects.uq", "ix"])
        #expect(comparison.differences.map(\.migrations) == ["UNIQUE (email)", "ON prospects USING btree (email)"])
        #expect(!comparison.isBreaking)
    }

    @Test func modelsWithoutTablesAreNotCompared() {
        let comparison = Self.compare(live: Self.before, expected: Self.atHead, models: Catalog(tables: []))
        #expect(comparison == Self.compare(live: Self.before, expected: Self.atHead, models: nil))
        #expect(comparison.isBreaking)
        #expect(comparison.advice.isEmpty)
    }

    @Test func aTableThatTheModelsFindElsewhereBreaksNothing() {
        var live = Self.atHead
        live.tables[0].schema = "shared"
        let models = ModelSchema(
            tables: [
                ModelTable(name: "prospects", columns: [ModelColumn(name: "id", type: "INTEGER", nullable: false)])
            ],
            defaultSchema: "public", searchPath: ["shared"])
        let comparison = SchemaComparison(
            SchemaSides(
                live: live, migrations: .init(expected: Self.atHead, heads: nil, managed: Set(Self.atHead.keys)),
                models: .described(models)))
        #expect(comparison.differences.map(\.kind) == [.missingTable])
        #expect(!comparison.isBreaking)
        #expect(comparison.missingTables.isEmpty)
        #expect(comparison.missingColumns.isEmpty)
    }

    @Test func aMissingColumnMayHaveBeenRenamed() {
        var live = Self.atHead
        live.tables[0].columns[2].name = "Biography"
        let comparison = Self.compare(live: live, expected: Self.atHead, models: Self.atHead)
        #expect(comparison.differences.map(\.kind) == [.missingColumn, .extraColumn])
        #expect(comparison.differences.map(\.renamedTo) == ["Biography", nil])
        // The snapshot was read with comments, of which there are none; the live catalog without.
        var shipped = Self.atHead
        for index in shipped.tables[0].columns.indices { shipped.tables[0].columns[index].comment = "" }
        let besides = Self.compare(live: live, expected: shipped, models: Self.atHead)
        #expect(besides.differences == comparison.differences)
    }

    @Test func columnsOfOneDefinitionAreMatchedByPositionOnly() {
        let names = ["a", "b"].map { Column(name: $0, type: "text", nullable: true) }
        let others = ["x", "y"].map { Column(name: $0, type: "text", nullable: true) }
        let expected = Self.catalog([Self.id] + names)
        let inPlace = Self.compare(live: Self.catalog([Self.id] + others), expected: expected, models: nil)
        #expect(inPlace.differences.prefix(2).map(\.renamedTo) == ["x", "y"])
        let elsewhere = Self.compare(
            live: Self.catalog([Self.id] + others), expected: Self.catalog([Self.bio, Self.id]), models: nil)
        #expect(elsewhere.differences.map(\.renamedTo) == [nil, nil, nil])
    }

    @Test func aMissingTableMayHaveBeenRenamedOrMoved() {
        for (schema, name, guess) in [("public", "leads", "leads"), ("crm", "prospects", "crm.prospects")] {
            var live = Self.atHead
            live.tables[0].schema = schema
            live.tables[0].name = name
            let comparison = Self.compare(live: live, expected: Self.atHead, models: Self.atHead)
            #expect(comparison.differences.map(\.kind) == [.missingTable])
            #expect(comparison.differences.map(\.renamedTo) == [guess])
            #expect(comparison.unmanaged == [UnmanagedObject(kind: .table, object: guess)])
            #expect(comparison.missingTables == [TableName(schema: "public", name: "prospects")])
        }
    }
}
