import Text

/// Finds which changes of the pending revisions the live database has already.
///
/// An object that a pending revision changes has a version before the first of them, and one after each that touches it.
/// The live object is compared with each of these versions, part by part.
struct PendingComparison {
    /// The pending revisions of which the database has something, oldest first.
    private(set) var revisions: [PendingRevision] = []
    /// The paths of the changes in ``revisions``.
    private(set) var paths: Set<PathKey> = []
    /// The revision that creates an object, for each object that a pending revision creates.
    private(set) var creators: [PathKey: String] = [:]

    private let steps: [SchemaHistory.Step]
    private let live: CatalogIndex
    private let defaultSchema: String
    private let parsedTexts: [ExpressionText: String]
    private let comparesDefinitions: Bool
    /// The effects of each step, in order.
    private var effects: [[Effect]] = []

    /// What one revision changes.
    private struct Effect {
        var discrepancy: Discrepancy
        var key: ObjectKey { discrepancy.path.objectKey }
        var path: PathKey { PathKey(discrepancy.path) }

        var action: PendingRevision.Change.Action {
            if discrepancy.kind.isMissing { return .creates }
            return discrepancy.kind.isExtra ? .drops : .changes
        }
    }

    /// A version of an object, with the paths at which the live database differs from it.
    fileprivate struct Version {
        var differing: Set<PathKey>
        /// Those of ``differing`` that the live database does not have: the whole object, or columns of a table.
        var missing: Set<PathKey> = []
        /// The paths about which nothing can be said.
        var undecided: Set<PathKey>
    }

    /// - Parameters:
    ///   - expected: the catalog at the live rows.
    ///   - steps: the pending revisions, in the order in which they run.
    init(
        _ steps: [SchemaHistory.Step], after expected: CatalogIndex, live: CatalogIndex, versionTables: Set<ObjectKey>,
        defaultSchema: String, parsedTexts: [ExpressionText: String], comparesDefinitions: Bool
    ) {
        self.steps = steps
        self.live = live
        self.defaultSchema = defaultSchema
        self.parsedTexts = parsedTexts
        self.comparesDefinitions = comparesDefinitions
        guard !steps.isEmpty else { return }
        let objects = expected.catalog.objectsByKey
        findEffects(objects)
        let touched = Set(steps.flatMap(\.change.keys)).subtracting(versionTables)
        let present = live.catalog.objectsByKey
        // In a database that is only behind, every object is as the rows say.
        guard touched.contains(where: { !objects[$0].hasSameBytes(as: present[$0]) }) else { return }
        findPresent(touched, objects, present)
    }

    /// The pending revisions whose changes the database all has, oldest first.
    var applied: [String] { revisions.prefix { $0.isApplied }.map(\.revision) }

    // MARK: - Effects

    private mutating func findEffects(_ expected: [ObjectKey: CatalogObject]) {
        var objects = expected
        for step in steps {
            let keys = step.change.keys
            let before = catalog(keys.compactMap { objects[$0] })
            step.change.apply(to: &objects)
            let after = catalog(keys.compactMap { objects[$0] })
            let found = compare(after, with: before).discrepancies.map {
                Effect(discrepancy: $0)
            }
            effects.append(found)
            for effect in found where effect.action == .creates { creators[effect.path] = step.revision }
        }
    }

    private func catalog(_ objects: [CatalogObject]) -> CatalogIndex {
        CatalogIndex(Catalog(serverVersion: steps[0].change.put.serverVersion, objects: objects))
    }

    private func compare(_ expected: CatalogIndex, with actual: CatalogIndex) -> CatalogComparison {
        let strip = { (index: CatalogIndex) in
            comparesDefinitions ? index : CatalogIndex(index.catalog.withoutDefinitions)
        }
        return CatalogComparison(
            expected: strip(expected), actual: strip(actual), versionTables: [], defaultSchema: defaultSchema,
            parsedTexts: parsedTexts, comparesDefinitions: comparesDefinitions, isManaged: { _ in true })
    }

    // MARK: - What the database has

    private mutating func findPresent(
        _ touched: Set<ObjectKey>, _ expected: [ObjectKey: CatalogObject], _ live: [ObjectKey: CatalogObject]
    ) {
        // For each object its versions, from the one at the rows on; for each step the number of the version after it.
        var versions: [ObjectKey: [Version]] = [:]
        var numbers: [[ObjectKey: Int]] = []
        for key in touched { versions[key] = [version(expected[key], live[key])] }
        var objects = expected
        for step in steps {
            step.change.apply(to: &objects)
            var number: [ObjectKey: Int] = [:]
            for key in step.change.keys where touched.contains(key) {
                number[key] = versions[key]?.count
                versions[key]?.append(version(objects[key], live[key]))
            }
            numbers.append(number)
        }
        let applied = position(versions, numbers)
        var existing = Existing(self.live)
        for (index, step) in steps.enumerated() {
            var present: [PendingRevision.Change] = []
            for effect in effects[index] {
                let path = effect.discrepancy.path
                let exists = existing.contains(path)
                var isSame = false
                if let number = numbers[index][effect.key], let version = versions[effect.key]?[number] {
                    isSame = version.agrees(effect.path, of: effect.key)
                }
                let isPresent: Bool =
                    switch effect.action {
                    case .creates: exists
                    case .drops: !exists
                    case .changes:
                        isSame && versions[effect.key]?.first?.agrees(effect.path, of: effect.key) == false
                    }
                existing.apply(effect.action, path)
                guard isPresent else { continue }
                paths.insert(effect.path)
                present.append(
                    PendingRevision.Change(
                        action: effect.action, kind: path.kind, object: path.sql(defaultSchema: defaultSchema),
                        isSame: isSame || effect.action == .drops))
            }
            let isApplied = index < applied
            guard isApplied || !present.isEmpty else { continue }
            revisions.append(PendingRevision(revision: step.revision, present: present, isApplied: isApplied))
        }
    }

    private func version(_ object: CatalogObject?, _ live: CatalogObject?) -> Version {
        if object.hasSameBytes(as: live) { return Version(differing: [], undecided: []) }
        let comparison = compare(catalog([object].compactMap(\.self)), with: catalog([live].compactMap(\.self)))
        return Version(
            differing: Set(comparison.discrepancies.map { PathKey($0.path) }),
            missing: Set(
                comparison.discrepancies.map { ($0.kind, PathKey($0.path)) }
                    .filter { kind, path in
                        kind == .missingColumn || kind.isMissing && object.map { path == PathKey($0.key) } == true
                    }
                    .map(\.1)),
            undecided: Set(comparison.undecided.map { PathKey($0.path) }))
    }

    /// How many of the pending revisions the database has: the smallest number after which it agrees with everything on
    /// which the numbers differ. What agrees with no version of an object has been changed otherwise and does not count.
    private func position(_ versions: [ObjectKey: [Version]], _ numbers: [[ObjectKey: Int]]) -> Int {
        var decisive: [(key: ObjectKey, path: PathKey)] = []
        var seen: Set<PathKey> = []
        for effect in effects.joined() where seen.insert(effect.path).inserted {
            guard let versions = versions[effect.key],
                versions.contains(where: { $0.agrees(effect.path, of: effect.key) })
            else { continue }
            decisive.append((effect.key, effect.path))
        }
        var current: [ObjectKey: Int] = [:]
        for position in 0...steps.count {
            if position > 0 { current.merge(numbers[position - 1]) { $1 } }
            let agrees = decisive.allSatisfy { key, path in
                versions[key]?[current[key] ?? 0].mayAgree(path, of: key) ?? true
            }
            if agrees { return lacksNothing(versions, current, position) ? position : 0 }
        }
        return 0
    }

    /// Whether the database has all objects that the first pending revisions make, and all columns of the tables that they
    /// make or change. A column that is missing from the schema at the rows too was dropped from what applied revisions
    /// made. A missing index or constraint does not count: tables without their columns are others, not those.
    private func lacksNothing(
        _ versions: [ObjectKey: [Version]], _ current: [ObjectKey: Int], _ position: Int
    ) -> Bool {
        let created = Set(effects.prefix(position).joined().filter { $0.action == .creates }.map(\.key))
        return current.allSatisfy { key, number in
            guard let all = versions[key], let first = all.first else { return true }
            let missing = all[number].missing
            if missing.contains(PathKey(key)) { return !created.contains(key) }
            return missing.isSubset(of: first.missing)
        }
    }
}

extension PendingComparison.Version {
    /// Whether the live database is as this version at the path.
    fileprivate func agrees(_ path: PathKey, of key: ObjectKey) -> Bool {
        mayAgree(path, of: key) && (path == PathKey(key) ? undecided.isEmpty : !undecided.contains(path))
    }

    /// Whether the live database does not differ at the path: nowhere in a whole object, or neither in the part nor in
    /// whether its object exists.
    fileprivate func mayAgree(_ path: PathKey, of key: ObjectKey) -> Bool {
        path == PathKey(key) ? differing.isEmpty : !differing.contains(path) && !differing.contains(PathKey(key))
    }
}

/// The names that exist, while revisions run one after the other.
private struct Existing {
    private var names: Set<PathKey> = []

    init(_ live: CatalogIndex) {
        for object in live.catalog.objects {
            names.insert(PathKey(object.key))
            guard case .relation(let table) = object else { continue }
            let parts =
                table.columns.map { ObjectPath(.column, $0.name, of: table) }
                + table.constraints.map { ObjectPath(.constraint, $0.name, of: table) }
                // An invalid index has to be dropped first, and has a difference of its own.
                + table.indexes.filter(\.isValid).map { ObjectPath(.index, $0.name, of: table) }
                + table.triggers.map { ObjectPath(.trigger, $0.name, of: table) }
                + table.policies.map { ObjectPath(.policy, $0.name, of: table) }
            names.formUnion(parts.map { PathKey($0) })
        }
    }

    func contains(_ path: ObjectPath) -> Bool { names.contains(PathKey(path)) }

    mutating func apply(_ action: PendingRevision.Change.Action, _ path: ObjectPath) {
        switch action {
        case .creates: names.insert(PathKey(path))
        case .drops:
            let dropped = PathKey(path)
            names = names.filter { $0 != dropped && !$0.isPart(of: dropped) }
        case .changes: break
        }
    }
}
