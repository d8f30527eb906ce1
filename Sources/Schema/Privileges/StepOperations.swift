/// Derives what one revision did from the change of the catalog.
struct StepOperations {
    private let change: CatalogChange
    private let before: [ObjectKey: CatalogObject]
    private let live: [ObjectKey: CatalogObject]
    private let removed: Set<ObjectKey>
    /// The schemas that were dropped or renamed; their objects say nothing.
    private let removedSchemas: Set<String>
    /// Whether something else was dropped on which a part of a table may have depended.
    private let mayCascade: Bool
    /// Whether a type, or the schema of one, may have been renamed.
    private let mayRenameTypes: Bool
    private var operations: [PrivilegedOperation] = []

    init(change: CatalogChange, before: [ObjectKey: CatalogObject], live: [ObjectKey: CatalogObject]) {
        self.change = change
        self.before = before
        self.live = live
        removed = Set(change.removed)
        removedSchemas = Set(change.removed.filter { $0.category == .schema }.map(\.name))
        mayCascade = change.removed.contains { $0.category != .relation }
        mayRenameTypes =
            !change.put.extensions.isEmpty
            || change.removed.contains { [.type, .schema, .extension].contains($0.category) }
    }

    /// The operations in the order of the objects, each once.
    func collected() -> [PrivilegedOperation] {
        var copy = self
        copy.collect()
        var seen: Set<PrivilegedOperation> = []
        return copy.operations.filter { seen.insert($0).inserted }
    }

    private mutating func collect() {
        for object in change.put.objects {
            switch (object, before[object.key]) {
            case (.extension, _): break
            case (let created, nil): create(created)
            case (.relation(let after), .relation(let before)?): alter(before, after)
            case (.type(let after), .type(let before)?): alter(before, after)
            default: break
            }
        }
        for key in change.removed { drop(key) }
    }

    private mutating func create(_ object: CatalogObject) {
        operations.append(.creates(object.key))
        // A revision that finds the table leaves all of it out.
        guard case .relation(let table) = object, live[object.key] == nil else { return }
        operations += table.parents.map { .alters(ObjectKey(table: $0)) }
        for constraint in table.constraints { addReference(constraint, of: table) }
    }

    private mutating func addReference(_ constraint: Constraint, of table: Table) {
        guard !constraint.isInherited, let other = constraint.references, other != table.qualifiedName else { return }
        operations.append(.references(ObjectKey(table: other)))
    }

    private mutating func drop(_ key: ObjectKey) {
        guard live[key] != nil, !removedSchemas.contains(key.schema) else { return }
        switch before[key] {
        case .type where !change.removed.contains { $0.category == .extension }: operations.append(.drops(key))
        case .relation(let table) where table.kind.storesRows && table.parents.isEmpty && !mayCascade:
            operations.append(.drops(key))
        case .relation where change.keys.count == 1: operations.append(.drops(key))
        default: break
        }
    }

    // MARK: - Types

    private mutating func alter(_ before: UserType, _ after: UserType) {
        guard case .type(let live)? = live[after.key], live == before,
            case .enumeration = before.definition, case .enumeration = after.definition
        else { return }
        operations.append(.alters(after.key))
    }

    // MARK: - Tables and views

    private mutating func alter(_ before: Table, _ after: Table) {
        guard case .relation(let live)? = live[after.key] else { return }
        guard after.kind.storesRows else {
            // Of a view, only a change that is the only one cannot be the consequence of another.
            if change.keys.count == 1, before.definition != after.definition, live.definition == before.definition {
                operations.append(.alters(after.key))
            }
            return
        }
        if altersColumns(before, after, live) || altersProperties(before, after, live) {
            operations.append(.alters(after.key))
        }
        alterConstraints(before, after, live)
        alterIndexes(before, after, live)
        let triggers = Set(before.triggers.map(\.name) + live.triggers.map(\.name))
        if after.triggers.contains(where: { !$0.isInherited && !triggers.contains($0.name) }) {
            operations.append(.addsTrigger(after.key))
        }
        if before.partitionBound == nil, after.partitionBound != nil, live.partitionBound == nil {
            operations += after.parents.map { .alters(ObjectKey(table: $0)) }
        }
    }

    private func altersColumns(_ before: Table, _ after: Table, _ live: Table) -> Bool {
        for column in after.columns where !column.isInherited {
            guard let old = before.column(column.name) else {
                if live.column(column.name) == nil { return true }
                continue
            }
            guard let present = live.column(column.name) else { continue }
            if old.nullable != column.nullable, present.nullable == old.nullable { return true }
            if old.identity != column.identity, present.identity == old.identity { return true }
            if old.default == nil, column.default != nil, present.default == nil { return true }
            if old.type != column.type, present.type == old.type, !mayRenameTypes { return true }
        }
        return !mayCascade
            && before.columns.contains {
                !$0.isInherited && after.column($0.name) == nil && live.column($0.name) != nil
            }
    }

    private func altersProperties(_ before: Table, _ after: Table, _ live: Table) -> Bool {
        let policies = Set(before.policies.map(\.name) + live.policies.map(\.name))
        return before.rowSecurity != after.rowSecurity && live.rowSecurity == before.rowSecurity
            || before.isUnlogged != after.isUnlogged && live.isUnlogged == before.isUnlogged
            || before.partitionBound == nil && after.partitionBound != nil && live.partitionBound == nil
            || after.policies.contains { !policies.contains($0.name) }
    }

    private mutating func alterConstraints(_ before: Table, _ after: Table, _ live: Table) {
        let old = Dictionary(before.constraints.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let present = Dictionary(live.constraints.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        for constraint in after.constraints where !constraint.isInherited {
            if let earlier = old[constraint.name] {
                guard !earlier.isValidated, constraint.isValidated, present[constraint.name]?.isValidated == false
                else {
                    continue
                }
                operations.append(.alters(after.key))
            } else if present[constraint.name] == nil {
                operations.append(.alters(after.key))
                if [.primaryKey, .unique, .exclude].contains(constraint.kind) {
                    operations.append(.addsIndex(after.key))
                }
                addReference(constraint, of: after)
            }
        }
        let names = Set(after.constraints.map(\.name))
        let isDropped = before.constraints.contains { constraint in
            guard !constraint.isInherited, !names.contains(constraint.name), present[constraint.name] != nil else {
                return false
            }
            // A foreign key goes with the table or the key that it refers to.
            return !mayCascade && constraint.references.map { !change.keys.contains(ObjectKey(table: $0)) } ?? true
        }
        if isDropped { operations.append(.alters(after.key)) }
    }

    private mutating func alterIndexes(_ before: Table, _ after: Table, _ live: Table) {
        let (old, present) = (Set(before.indexes.map(\.name)), Set(live.indexes.map(\.name)))
        if after.indexes.contains(where: {
            !$0.isInherited && !old.contains($0.name) && !present.contains($0.name)
        }) {
            operations += [.alters(after.key), .addsIndex(after.key)]
        }
        let names = Set(after.indexes.map(\.name))
        if !mayCascade,
            before.indexes.contains(where: {
                !$0.isInherited && !names.contains($0.name) && present.contains($0.name)
            })
        {
            operations.append(.drops(after.key))
        }
    }
}
