import Text

/// What identifies an object or a part of one: its path without the kind of relation or type, since what is a table to the
/// models may be a view to the migrations.
struct PathKey: Hashable {
    fileprivate enum Category: Hashable {
        case schema, `extension`, type, sequence, relation, routine
        case column, constraint, index, trigger, policy
    }

    private let category: Category
    private let names: [ExactString]

    init(_ path: ObjectPath) {
        category = Category(path.kind)
        let table = category.isPart ? [path.table ?? ""] : []
        names = ([path.schema] + table + [path.name]).map(ExactString.init)
    }

    /// The table that a part belongs to.
    init(table path: ObjectPath) {
        category = .relation
        names = [path.schema, path.table ?? path.name].map(ExactString.init)
    }

    init(_ key: ObjectKey) {
        category = Category(key.category)
        names = [key.schema, key.name].map(ExactString.init)
    }

    /// Whether it is a part of this table.
    func isPart(of table: PathKey) -> Bool {
        table.category == .relation && category.isPart && names.prefix(2).elementsEqual(table.names)
    }
}

extension PathKey.Category {
    fileprivate init(_ kind: ObjectKind) {
        switch kind {
        case .schema: self = .schema
        case .extension: self = .extension
        case .table, .partition, .foreignTable, .view, .materializedView: self = .relation
        case .sequence: self = .sequence
        case .enum, .domain, .compositeType, .rangeType: self = .type
        case .function, .procedure, .aggregate: self = .routine
        case .column: self = .column
        case .constraint: self = .constraint
        case .index: self = .index
        case .trigger: self = .trigger
        case .policy: self = .policy
        }
    }

    fileprivate init(_ category: ObjectKey.Category) {
        switch category {
        case .schema: self = .schema
        case .extension: self = .extension
        case .type: self = .type
        case .sequence: self = .sequence
        case .relation: self = .relation
        case .routine: self = .routine
        }
    }

    fileprivate var isPart: Bool {
        switch self {
        case .column, .constraint, .index, .trigger, .policy: true
        case .schema, .extension, .type, .sequence, .relation, .routine: false
        }
    }
}
