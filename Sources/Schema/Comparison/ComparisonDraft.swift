/// A comparison while it is put together: what the engines found, turned into differences with blame and weight.
struct ComparisonDraft {
    struct Entry {
        var path: ObjectPath
        var difference: SchemaDifference
        /// The models' type of a missing column, or that of the migrations.
        var columnType: String?
        /// Whether the models map it; nil while they are not known.
        var isMapped: Bool?
    }

    let sides: SchemaSides
    let options: ComparisonOptions
    let versionTables: Set<ObjectKey>
    let live: CatalogIndex
    /// Nil also for models without tables, as where env.py forgets to import them: they say nothing.
    let mapped: MappedSchema?
    var differences: [Entry] = []
    var advice: [Entry] = []
    var unmanaged: [ObjectPath] = []
    var undecided: [Undecided] = []
    var tablesCompared = 0
    var wanted: Set<ExpressionText> = []

    init(_ sides: SchemaSides, _ options: ComparisonOptions) {
        self.sides = sides
        self.options = options
        let versionTables = Set(sides.versionTables.map(ObjectKey.init(table:)))
        self.versionTables = versionTables
        live = CatalogIndex(sides.liveHasDefinitions ? sides.live : sides.live.structure)
        let mapped = sides.models.map {
            MappedSchema(
                $0, defaultSchema: sides.defaultSchema, searchPath: sides.searchPath, versionTables: versionTables)
        }
        self.mapped = mapped?.tables.isEmpty == false ? mapped : nil
        if let migrations = sides.migrations {
            compareWithMigrations(migrations)
        } else {
            compareWithModels()
        }
    }

    /// The texts that would have to be parsed again, in a fixed order.
    var wantedTexts: [ExpressionText] {
        wanted.map { (text: $0, order: "\($0.text)\u{0}\($0.context)") }
            .sorted { $0.order.precedesInBytes($1.order) }.map(\.text)
    }

    func name(_ path: ObjectPath) -> String { path.sql(defaultSchema: sides.defaultSchema) }

    /// A column's new name stands for itself, within its table.
    func guess(_ path: ObjectPath) -> String { path.kind == .column ? path.name : name(path) }
}
