/// One difference between two catalogs, before it is classified.
struct Discrepancy {
    /// What classifying the discrepancy, and the statements that resolve it, need in addition to the texts.
    enum Subject {
        case other
        case column(expected: Column?, actual: Column?)
        case labels(expected: [String], actual: [String])
        case constraint(expected: Constraint?, actual: Constraint?)
        case index(expected: Index?, actual: Index?)
        case sequence(expected: Sequence?, actual: Sequence?)
    }

    var kind: SchemaDifference.Kind
    var path: ObjectPath
    /// The definition on each side; nil where that side lacks the object.
    var expected: String?
    var actual: String?
    var subject: Subject = .other
    /// The type of a missing column, as written on the expected side.
    var expectedType: String?
    /// The tables that the part is inherited from, where the same difference there explains this one.
    var parents: [TableName] = []
    /// The extra object that the missing one may have been renamed to; a guess.
    var renamedTo: ObjectPath?
}

/// Something that could not be compared.
struct Undecided {
    var kind: SchemaDifference.Kind
    var path: ObjectPath
    /// Why it cannot be compared: a clause without a full stop.
    var reason: String
}
