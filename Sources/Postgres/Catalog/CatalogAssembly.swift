import Schema

/// Reads the catalog inside a transaction, with one statement per kind of object. Each adds to the results of earlier
/// ones.
struct CatalogAssembly {
    let source: CatalogSource
    let options: CatalogReader.Options
    /// The names of the relations that are not in the scope of the read, by `pg_class.oid`.
    let knownNames: [UInt32: TableName]
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
    var sequences: [(oid: UInt32, Sequence)] = []
    /// The tables of the identity columns, by the `pg_class.oid` of the sequence.
    var identityTables: [UInt32: UInt32] = [:]
    var types: [(oid: UInt32, UserType)] = []
    var routines: [(oid: UInt32, Routine)] = []

    /// - Parameters:
    ///   - scope: what to read; nil reads everything.
    ///   - knownNames: the names of all relations, as an earlier read found them, by `pg_class.oid`; for a scope only.
    init(
        _ session: Session, _ options: CatalogReader.Options, scope: CatalogScope? = nil,
        knownNames: [UInt32: TableName] = [:]
    ) {
        source = CatalogSource(session, scope)
        self.options = options
        self.knownNames = knownNames
    }

    mutating func read() throws(PostgresError) {
        guard let scope = source.scope else {
            try readSchemas()
            try readExtensions()
            try readTables()
            try readTypes()
            try readRoutines()
            return try readDefinitions()
        }
        if !scope.relations.isEmpty { try readTables() }
        if !scope.types.isEmpty { try readTypes() }
        if !scope.routines.isEmpty { try readRoutines() }
        if !scope.relations.isEmpty { try readDefinitions() }
    }

    private mutating func readTables() throws(PostgresError) {
        try readRelations()
        try readColumns()
        if source.mayHave(.inheritance) { try readParents() }
        if source.mayHave(.constraint) { try readConstraints() }
        if source.mayHave(.index) { try readIndexes() }
        if source.mayHave(.trigger) { try readTriggers() }
        if source.mayHave(.policy) { try readPolicies() }
        if source.mayHave(.sequence) { try readSequences() }
        if options.comments, source.mayHave(.comment) { try readComments() }
        if options.privileges { try readPrivileges() }
    }

    private mutating func readDefinitions() throws(PostgresError) {
        guard options.definitions else { return }
        try readDefaults()
        // Last, because the tables that a view selects from stay locked until the transaction ends.
        if source.mayHave(.rule) { try readViews() }
    }

    /// The catalog, after `read()`.
    func catalog() -> Catalog {
        Catalog(
            serverVersion: source.session.serverVersion, schemas: schemas, tables: tables,
            sequences: sequences.map(\.1), types: types.map(\.1), routines: routines.map(\.1), extensions: extensions)
    }

    /// The name of a relation; nil for one that a catalog does not contain.
    func name(of relation: UInt32) -> TableName? { names[relation] ?? knownNames[relation] }

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
