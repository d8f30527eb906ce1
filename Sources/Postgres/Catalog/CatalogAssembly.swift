import Schema

/// Reads the catalog inside a transaction, with one statement per kind of object. Each adds to the results of earlier
/// ones.
struct CatalogAssembly {
    let session: Session
    let options: CatalogReader.Options
    var texts = TextPool()

    /// Every table, view and foreign table in a user schema, including extension members, because other objects may refer
    /// to them. By `pg_class.oid`.
    var names: [UInt32: TableName] = [:]
    /// Indexes into `tables`, by `pg_class.oid`.
    var places: [UInt32: Int] = [:]
    var tables: [Table] = []
    /// For each element of `tables`, the attribute numbers of its columns.
    var numbers: [[Int16]] = []
    /// The attributes of composite types with their attribute numbers, by `pg_class.oid`.
    var attributes: [UInt32: [(number: Int16, column: Column)]] = [:]

    var schemas: [String] = []
    var extensions: [Extension] = []
    var sequences: [Sequence] = []
    var types: [UserType] = []
    var routines: [Routine] = []

    init(_ session: Session, _ options: CatalogReader.Options) {
        self.session = session
        self.options = options
    }

    mutating func read() throws(PostgresError) {
        try readSchemas()
        try readExtensions()
        try readRelations()
        try readColumns()
        try readParents()
        try readConstraints()
        try readIndexes()
        try readTriggers()
        try readPolicies()
        try readSequences()
        try readTypes()
        try readRoutines()
        if options.comments { try readComments() }
        if options.privileges { try readPrivileges() }
        guard options.definitions else { return }
        try readDefaults()
        // Last, because the tables that a view selects from stay locked until the transaction ends.
        try readViews()
    }

    /// The catalog, after `read()`.
    func catalog() -> Catalog {
        Catalog(
            serverVersion: session.serverVersion, schemas: schemas, tables: tables, sequences: sequences, types: types,
            routines: routines, extensions: extensions)
    }

    /// The SQL expression of a definition, or NULL when definitions are not requested.
    func definition(_ expression: String) -> String {
        options.definitions ? expression : "NULL"
    }
}

extension Row {
    /// A text that probably occurs more than once; nil for NULL.
    func text(_ field: Int, _ pool: inout TextPool) -> String? {
        isNull(field) ? nil : withBytes(field) { pool.text($0) }
    }

    /// A name, which is never NULL.
    func name(_ field: Int, _ pool: inout TextPool) -> String {
        withBytes(field) { pool.text($0) }
    }
}
