/// One thing that two catalogs do not agree on, before anybody has said what it means.
struct Discrepancy {
    /// What a judgement about it needs besides the texts.
    enum Subject {
        case other
        case column(expected: Column?, actual: Column?)
        case labels(expected: [String], actual: [String])
    }

    var kind: SchemaDifference.Kind
    var path: ObjectPath
    /// The definition on each side; nil where it lacks the object.
    var expected: String?
    var actual: String?
    var subject: Subject = .other
    /// The type of a missing column, as the expected side spells it.
    var expectedType: String?
    /// The tables from which the part is inherited, where a difference there explains this one.
    var parents: [TableName] = []
    /// A guess: the path of what the missing object may have become.
    var renamedTo: ObjectPath?
}

/// Something that could not be compared.
struct Undecided {
    var kind: SchemaDifference.Kind
    var path: ObjectPath
    /// One clause that completes "not comparable, because …".
    var reason: String
}
