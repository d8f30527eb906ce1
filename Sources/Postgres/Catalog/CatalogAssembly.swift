import Schema

/// One read of the catalog, inside a transaction: statement after statement, each completing what earlier ones began.
struct CatalogAssembly {
    let session: Session
    let options: CatalogReader.Options
    var texts = TextPool()

    /// Every table, view and the like in a user's schema, members of extensions included: what others may refer to.
    var names: [UInt32: TableName] = [:]
    /// By `pg_class.oid`, the places in `tables`.
    var places: [UInt32: Int] = [:]
    var tables: [Table] = []
    /// For each of `tables`, the numbers of its columns.
    var numbers: [[Int16]] = []
    /// The attributes of composite types, by `pg_class.oid`, with their numbers.
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

    /// What the database holds, when everything has been read.
    func catalog() -> Catalog {
        Catalog(
            serverVersion: session.serverVersion, schemas: schemas, tables: tables, sequences: sequences, types: types,
            routines: routines, extensions: extensions)
    }

    /// An expression of SQL for a definition, or NULL where definitions are not wanted.
    func definition(_ expression: String) -> String {
        options.definitions ? expression : "NULL"
    }
}

extension Row {
    /// A text that is likely to be there already; nil for NULL.
    func text(_ field: Int, _ pool: inout TextPool) -> String? {
        isNull(field) ? nil : withBytes(field) { pool.text($0) }
    }

    /// A name, which is never NULL.
    func name(_ field: Int, _ pool: inout TextPool) -> String {
        withBytes(field) { pool.text($0) }
    }
}
