extension ComparisonDraft {
    /// Live against the migrations, the models against both.
    mutating func compareWithMigrations(_ migrations: SchemaSides.Migrations) {
        let knowsAll = sides.liveHasDefinitions
        let expected = CatalogIndex(knowsAll ? migrations.expected : migrations.expected.structure)
        let drift = CatalogComparison(
            expected: expected, actual: live, versionTables: versionTables, defaultSchema: sides.defaultSchema,
            parsedTexts: sides.parsedTexts, comparesDefinitions: knowsAll, isManaged: migrations.managed.contains)
        let judge = mapped.map { BreakingJudge($0, foundIn: [live, expected], knowsDefaults: knowsAll) }
        let standIn = judge ?? BreakingJudge(standingIn: expected, knowsDefaults: knowsAll)
        if !knowsAll {
            let reason = "the live definitions were not read, which may mean to wait for a lock"
            undecided = migrations.expected.leavingOut(versionTables).defined.map {
                Undecided(kind: .definitions, path: $0, reason: reason)
            }
        }
        for discrepancy in drift.discrepancies {
            differences.append(drifted(discrepancy, isBreaking: standIn.isBreaking(discrepancy), judge))
        }
        unmanaged = drift.unmanaged
        undecided += drift.undecided
        wanted.formUnion(drift.texts.wanted)
        tablesCompared =
            expected.catalog.tables.lazy.filter { [versionTables] in !versionTables.contains($0.key) }.count
        let heads = migrations.heads.map(CatalogIndex.init)
        if let mapped {
            addMissing(mapped, besides: drift.explained, expected: expected, heads: heads)
            tablesCompared += mapped.tables.lazy.filter { $0.place(in: expected) == nil }.count
        }
        if let heads { compareModels(with: heads) }
    }

    /// An entry for a difference between live and migrations.
    private func drifted(_ discrepancy: Discrepancy, isBreaking: Bool, _ judge: BreakingJudge?) -> Entry {
        let path = discrepancy.path
        let (table, column) = (judge?.table(of: path), judge?.column(of: path))
        let models: String? =
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
                kind: discrepancy.kind, object: name(path), models: models, migrations: discrepancy.expected,
                live: discrepancy.actual, blame: discrepancy.expected == nil ? .handMade : .drift,
                breaking: isBreaking, renamedTo: discrepancy.renamedTo.map(guess)),
            columnType: column?.typeText ?? discrepancy.expectedType)
        if judge != nil { entry.isMapped = path.kind == .column ? column != nil : table != nil }
        // The models' statements may find another table of that name along the search path.
        if discrepancy.kind == .missingTable, let table, table.place(in: live) != nil {
            entry.difference.breaking = false
            entry.isMapped = false
        }
        return entry
    }

    /// What of the models the live database lacks and the migrations at its rows lack too: no drift, but the models'
    /// statements fail on it.
    private mutating func addMissing(
        _ mapped: MappedSchema, besides explained: [ObjectPath], expected: CatalogIndex, heads: CatalogIndex?
    ) {
        let reported = differences.lazy.filter { $0.difference.kind.isMissingRelationOrColumn }.map(\.path)
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
            differences.append(self.missing(discrepancy, blame: blame))
        }
    }

    private func missing(_ discrepancy: Discrepancy, blame: SchemaDifference.Blame?) -> Entry {
        Entry(
            path: discrepancy.path,
            difference: SchemaDifference(
                kind: discrepancy.kind, object: name(discrepancy.path), models: discrepancy.expected, blame: blame,
                breaking: true),
            columnType: discrepancy.expectedType, isMapped: true)
    }
}

extension SchemaDifference.Kind {
    /// Whether a whole table, view or column is missing.
    public var isMissingRelationOrColumn: Bool {
        switch self {
        case .missingTable, .missingView, .missingColumn: true
        default: false
        }
    }
}

/// What of the models a catalog lacks.
private struct MissingNames {
    private let names: Set<PathKey>

    init(_ mapped: MappedSchema, in catalog: CatalogIndex) {
        names = Set(ModelComparison(mapped, against: catalog, parts: []).discrepancies.map { PathKey($0.path) })
    }

    /// Whether it lacks the object, or the table that it belongs to.
    func contains(_ path: ObjectPath) -> Bool { names.contains(PathKey(path)) || names.contains(PathKey(table: path)) }
}

/// A path without the kind of relation: what is a table to the models may be a view to the migrations.
private struct PathKey: Hashable {
    private let names: [ExactText]

    init(_ path: ObjectPath) {
        names = ([path.schema, path.table ?? path.name] + (path.table == nil ? [] : [path.name])).map(ExactText.init)
    }

    /// The table that a part belongs to.
    init(table path: ObjectPath) { names = [path.schema, path.table ?? path.name].map(ExactText.init) }
}
