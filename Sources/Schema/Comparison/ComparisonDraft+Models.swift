extension ComparisonDraft {
    /// Without the migrations: the models and the live database alone.
    mutating func compareWithModels() {
        guard let mapped else { return }
        var parts: ModelComparison.Parts = [.nullability]
        if sides.liveHasDefinitions { parts.insert(.unfilled) }
        if options.compareType { parts.insert(.types) }
        let models = ModelComparison(mapped, against: live, parts: parts)
        let judge = BreakingJudge(mapped, foundIn: [live])
        for discrepancy in models.discrepancies {
            // That a mapped column must not be NULL may always have been so, and be known to the application.
            let isBreaking = discrepancy.kind != .nullability && judge.isBreaking(discrepancy)
            differences.append(
                Entry(
                    path: discrepancy.path,
                    difference: SchemaDifference(
                        kind: discrepancy.kind, object: name(discrepancy.path), models: discrepancy.expected,
                        live: discrepancy.actual, breaking: isBreaking), columnType: discrepancy.expectedType,
                    isMapped: true))
        }
        undecided += models.undecided
        tablesCompared = mapped.tables.count
        addMissingLabels(mapped)
        for model in mapped.tables {
            if let table = model.found(in: live) { addUnfinished(table) }
        }
    }

    /// The labels that the models write and the live enumeration does not take.
    private mutating func addMissingLabels(_ mapped: MappedSchema) {
        for type in live.catalog.types {
            guard let labels = mapped.labels[type.key], case .enumeration(let present) = type.definition else {
                continue
            }
            let names = Set(present.map(ExactText.init))
            if labels.allSatisfy({ names.contains(ExactText($0)) }) { continue }
            differences.append(
                Entry(
                    path: type.path,
                    difference: SchemaDifference(
                        kind: .enumLabels, object: name(type.path), models: DefinitionText.labels(labels),
                        live: DefinitionText.labels(present), breaking: true)))
        }
    }

    /// What is wrong with a table whatever anybody says of it.
    private mutating func addUnfinished(_ table: Table) {
        for constraint in table.constraints where !constraint.isValidated && !constraint.isInherited {
            add(.constraintNotValidated, .constraint, constraint.name, table, DefinitionText.constraint(constraint))
        }
        for index in table.indexes where !index.isValid {
            let text = DefinitionText.index(index, of: table, defaultSchema: sides.defaultSchema)
            add(.indexInvalid, .index, index.name, table, text)
        }
    }

    private mutating func add(
        _ kind: SchemaDifference.Kind, _ part: ObjectKind, _ name: String, _ table: Table, _ text: String
    ) {
        let path = ObjectPath(part, name, of: table)
        differences.append(
            Entry(
                path: path,
                difference: SchemaDifference(kind: kind, object: self.name(path), live: text, breaking: false)))
    }

    /// The models against the migrations at the heads, as far as the project itself compares them.
    mutating func compareModels(with heads: CatalogIndex) {
        guard let models = sides.models, let mapped else { return }
        let advice = ModelAdvice(
            models, mapped, heads: heads, versionTables: versionTables, defaultSchema: sides.defaultSchema,
            parsedTexts: sides.parsedTexts, options: options)
        for discrepancy in advice.discrepancies {
            self.advice.append(
                Entry(
                    path: discrepancy.path,
                    difference: SchemaDifference(
                        kind: discrepancy.kind, object: name(discrepancy.path), models: discrepancy.expected,
                        migrations: discrepancy.actual,
                        blame: discrepancy.expected == nil ? .modelsBehind : .missingMigration,
                        breaking: advice.judge.isBreaking(discrepancy),
                        renamedTo: discrepancy.renamedTo.map(guess))))
        }
        undecided += advice.undecided
        wanted.formUnion(advice.wanted)
    }
}
