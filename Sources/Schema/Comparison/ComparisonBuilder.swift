import Text

/// Compares the sides as far as they are known, and turns what it finds into differences with blame and severity.
struct ComparisonBuilder {
    private typealias Entry = CollectedDifferences.Entry

    private let sides: SchemaSides
    private let options: ComparisonOptions
    private let versionTables: Set<ObjectKey>
    private let live: CatalogIndex
    /// Nil also for models without tables, as when env.py forgets to import them: there is nothing to compare then.
    private let mapped: MappedSchema?
    private var collected: CollectedDifferences

    init(_ sides: SchemaSides, _ options: ComparisonOptions) {
        self.sides = sides
        self.options = options
        let versionTables = Set(sides.versionTables.map(ObjectKey.init(table:)))
        self.versionTables = versionTables
        live = CatalogIndex(sides.liveHasDefinitions ? sides.live : sides.live.withoutDefinitions)
        let mapped = sides.models.map {
            MappedSchema(
                $0, defaultSchema: sides.defaultSchema, searchPath: sides.searchPath, versionTables: versionTables)
        }
        self.mapped = mapped?.tables.isEmpty == false ? mapped : nil
        collected = CollectedDifferences(defaultSchema: sides.defaultSchema)
        if let migrations = sides.migrations {
            compareWithMigrations(migrations)
        } else {
            compareWithModels()
        }
    }

    var comparison: SchemaComparison { collected.comparison(options) }

    private func name(_ path: ObjectPath) -> String { path.sql(defaultSchema: sides.defaultSchema) }

    /// The new name of a renamed object; of a column the bare name.
    private func newName(_ path: ObjectPath) -> String { path.kind == .column ? path.name : name(path) }

    // MARK: With the migrations

    /// Compares the live database with the migrations, and the models with both.
    private mutating func compareWithMigrations(_ migrations: SchemaSides.Migrations) {
        let knowsAll = sides.liveHasDefinitions
        let expected = CatalogIndex(knowsAll ? migrations.expected : migrations.expected.withoutDefinitions)
        let compare = { [sides, versionTables] (actual: CatalogIndex) in
            CatalogComparison(
                expected: expected, actual: actual, versionTables: versionTables, defaultSchema: sides.defaultSchema,
                parsedTexts: sides.parsedTexts, comparesDefinitions: knowsAll, isManaged: migrations.managed.contains)
        }
        let drift = compare(live)
        let models = mapped.map { BreakingClassifier($0, foundIn: [live, expected], knowsDefaults: knowsAll) }
        let classifier = models ?? BreakingClassifier(migrations: expected, knowsDefaults: knowsAll)
        if !knowsAll {
            let reason = "the live definitions were not read, as reading them may wait for a lock"
            collected.undecided = migrations.expected.leavingOut(versionTables).pathsWithDefinitions.map {
                Undecided(kind: .definitions, path: $0, reason: reason)
            }
        }
        let pending = PendingComparison(
            migrations.pending, after: expected, live: live, versionTables: versionTables,
            defaultSchema: sides.defaultSchema, parsedTexts: sides.parsedTexts, comparesDefinitions: knowsAll)
        collected.pending = pending.revisions
        let origins = SchemaOrigins(migrations.applied)
        for discrepancy in drift.discrepancies {
            if pending.paths.contains(PathKey(discrepancy.path)) { continue }
            let isBreaking = classifier.isBreaking(discrepancy)
            var entry = drifted(discrepancy, isBreaking: isBreaking, models)
            if discrepancy.kind.isMissing { entry.difference.revision = origins.creator(of: discrepancy.path) }
            // What a failed CREATE INDEX CONCURRENTLY of a pending revision left behind.
            if discrepancy.kind == .indexInvalid, let revision = pending.creators[PathKey(discrepancy.path)] {
                (entry.difference.blame, entry.difference.revision) = (nil, revision)
            }
            collected.differences.append(entry)
        }
        let own = drift.discrepancies.filter { !pending.paths.contains(PathKey($0.path)) }
        if !own.isEmpty {
            var builder = RestorationBuilder(
                expected: knowsAll ? expected : CatalogIndex(migrations.expected), live: live,
                defaultSchema: sides.defaultSchema)
            collected.restoration = builder.script(for: own) { compare($0).discrepancies }
        }
        collected.unmanaged = drift.unmanaged
        collected.undecided += drift.undecided
        collected.wantedTexts.formUnion(drift.wantedTexts)
        collected.tablesCompared =
            expected.catalog.tables.lazy.filter { [versionTables] in !versionTables.contains($0.key) }.count
        let heads = migrations.heads.map(CatalogIndex.init)
        if let mapped {
            addMissing(
                mapped, explained: drift.explained, expected: expected, heads: heads, creators: pending.creators)
            collected.tablesCompared += mapped.tables.lazy.filter { $0.place(in: expected) == nil }.count
        }
        if let heads { addAdvice(heads: heads) }
    }

    /// The entry for a difference between the live database and the migrations.
    ///
    /// - Parameter models: classifies by the models; nil where they are not known.
    private func drifted(_ discrepancy: Discrepancy, isBreaking: Bool, _ models: BreakingClassifier?) -> Entry {
        let path = discrepancy.path
        let (table, column) = (models?.table(of: path), models?.column(of: path))
        let modelText: String? =
            switch discrepancy.kind {
            case .missingTable, .missingView: table?.text
            case .missingColumn, .extraColumn: column?.text
            case .type: column?.typeText
            case .nullability: column.map { DefinitionText.nullability($0.nullable) }
            case .default, .identity, .generated: column?.source
            default: nil
            }
        var entry = Entry(
            path: path,
            difference: SchemaDifference(
                kind: discrepancy.kind, object: name(path), models: modelText, migrations: discrepancy.expected,
                live: discrepancy.actual, blame: discrepancy.expected == nil ? .handMade : .drift,
                breaking: isBreaking, renamedTo: discrepancy.renamedTo.map(newName)),
            columnType: column?.typeText ?? discrepancy.expectedType)
        if models != nil { entry.isMapped = path.kind == .column ? column != nil : table != nil }
        // The models' statements may find another table of that name along the search path.
        if discrepancy.kind == .missingTable, let table, table.place(in: live) != nil {
            entry.difference.breaking = false
            entry.isMapped = false
        }
        return entry
    }

    /// Adds the tables and columns of the models that both the live database and the migrations at its rows lack: no
    /// drift, but the models' statements fail.
    private mutating func addMissing(
        _ mapped: MappedSchema, explained: [ObjectPath], expected: CatalogIndex, heads: CatalogIndex?,
        creators: [PathKey: String]
    ) {
        let reported = collected.differences.lazy.filter { $0.difference.kind.isMissingRelationOrColumn }.map(\.path)
        let known = Set((explained + reported).map { PathKey($0) })
        let missing = ModelComparison(mapped, against: live, parts: []).discrepancies.filter {
            !known.contains(PathKey($0.path))
        }
        guard !missing.isEmpty else { return }
        let atRows = MissingNames(mapped, in: expected)
        let atHeads = heads.map { MissingNames(mapped, in: $0) }
        for discrepancy in missing {
            let blame: SchemaDifference.Blame? =
                if !atRows.contains(discrepancy.path) {
                    .drift
                } else {
                    atHeads?.contains(discrepancy.path) == true ? .missingMigration : nil
                }
            collected.differences.append(
                Entry(
                    path: discrepancy.path,
                    difference: SchemaDifference(
                        kind: discrepancy.kind, object: name(discrepancy.path), models: discrepancy.expected,
                        blame: blame, breaking: true,
                        revision: blame == nil
                            ? creators[PathKey(discrepancy.path)] ?? creators[PathKey(table: discrepancy.path)] : nil),
                    columnType: discrepancy.expectedType, isMapped: true))
        }
    }

    /// Compares the models with the migrations at the heads, as far as the project itself compares them.
    private mutating func addAdvice(heads: CatalogIndex) {
        guard let models = sides.models, let mapped else { return }
        let advice = ModelAdvice(
            models, mapped, heads: heads, versionTables: versionTables, defaultSchema: sides.defaultSchema,
            parsedTexts: sides.parsedTexts, options: options)
        for discrepancy in advice.discrepancies {
            collected.advice.append(
                Entry(
                    path: discrepancy.path,
                    difference: SchemaDifference(
                        kind: discrepancy.kind, object: name(discrepancy.path), models: discrepancy.expected,
                        migrations: discrepancy.actual,
                        blame: discrepancy.expected == nil ? .modelsBehind : .missingMigration,
                        breaking: advice.classifier.isBreaking(discrepancy),
                        renamedTo: discrepancy.renamedTo.map(newName))))
        }
        collected.undecided += advice.undecided
        collected.wantedTexts.formUnion(advice.wantedTexts)
    }

    // MARK: Without the migrations

    /// Compares the models and the live database alone.
    private mutating func compareWithModels() {
        guard let mapped else { return }
        var parts: ModelComparison.Parts = [.nullability]
        if sides.liveHasDefinitions { parts.insert(.unfilled) }
        if options.compareType { parts.insert(.types) }
        let models = ModelComparison(mapped, against: live, parts: parts)
        let classifier = BreakingClassifier(mapped, foundIn: [live])
        for discrepancy in models.discrepancies {
            // The application may always have filled a NOT NULL column that its models declare nullable.
            let isBreaking = discrepancy.kind != .nullability && classifier.isBreaking(discrepancy)
            collected.differences.append(
                Entry(
                    path: discrepancy.path,
                    difference: SchemaDifference(
                        kind: discrepancy.kind, object: name(discrepancy.path), models: discrepancy.expected,
                        live: discrepancy.actual, breaking: isBreaking), columnType: discrepancy.expectedType,
                    isMapped: true))
        }
        collected.undecided += models.undecided
        collected.tablesCompared = mapped.tables.count
        addMissingLabels(mapped)
        let unfinished = mapped.tables.compactMap { $0.found(in: live) }.flatMap(unfinishedParts)
        for part in unfinished {
            collected.differences.append(
                Entry(
                    path: part.path,
                    difference: SchemaDifference(
                        kind: part.kind, object: name(part.path), live: part.actual, breaking: false)))
        }
        var builder = RestorationBuilder(
            expected: CatalogIndex(Catalog(tables: [])), live: live, defaultSchema: sides.defaultSchema)
        collected.restoration = builder.script(for: unfinished) { _ in unfinished }
    }

    /// Adds the labels that the models write and the live enumeration does not accept.
    private mutating func addMissingLabels(_ mapped: MappedSchema) {
        for type in live.catalog.types {
            guard let labels = mapped.labels[type.key], case .enumeration(let present) = type.definition else {
                continue
            }
            let names = Set(present.map(ExactString.init))
            if labels.allSatisfy({ names.contains(ExactString($0)) }) { continue }
            collected.differences.append(
                Entry(
                    path: type.path,
                    difference: SchemaDifference(
                        kind: .enumLabels, object: name(type.path), models: DefinitionText.labels(labels),
                        live: DefinitionText.labels(present), breaking: true)))
        }
    }

    /// What is wrong with a table whatever the other sides say: constraints that are not validated, and invalid indexes.
    private func unfinishedParts(of table: Table) -> [Discrepancy] {
        table.constraints.filter { !$0.isValidated && !$0.isInherited }.map { constraint in
            Discrepancy(
                kind: .constraintNotValidated, path: ObjectPath(.constraint, constraint.name, of: table),
                actual: DefinitionText.constraint(constraint),
                subject: .constraint(expected: nil, actual: constraint))
        }
            + table.indexes.filter { !$0.isValid }.map { index in
                Discrepancy(
                    kind: .indexInvalid, path: ObjectPath(.index, index.name, of: table),
                    actual: DefinitionText.index(index, of: table, defaultSchema: sides.defaultSchema),
                    subject: .index(expected: nil, actual: index))
            }
    }
}

/// The tables and columns of the models that a catalog lacks.
private struct MissingNames {
    private let names: Set<PathKey>

    init(_ mapped: MappedSchema, in catalog: CatalogIndex) {
        names = Set(ModelComparison(mapped, against: catalog, parts: []).discrepancies.map { PathKey($0.path) })
    }

    /// Whether the catalog lacks the object, or the table that it belongs to.
    func contains(_ path: ObjectPath) -> Bool { names.contains(PathKey(path)) || names.contains(PathKey(table: path)) }
}
