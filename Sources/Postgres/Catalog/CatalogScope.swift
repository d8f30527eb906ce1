/// Objects of a catalog that are read again, by oid.
struct CatalogScope {
    /// Tables, views, sequences and foreign tables; and composite types, by `pg_class.oid`.
    var relations: Set<UInt32> = []
    var types: Set<UInt32> = []
    var routines: Set<UInt32> = []
    /// The parts that the relations may have. Others are not read.
    var parts: Set<SystemCatalog> = []

    var isEmpty: Bool { relations.isEmpty && types.isEmpty && routines.isEmpty }
}

/// Runs the statements of a read: for all objects, or for those of a scope, whose oids are then the parameter `$1`.
final class CatalogSource {
    let session: Session
    let scope: CatalogScope?

    init(_ session: Session, _ scope: CatalogScope?) {
        self.session = session
        self.scope = scope
    }

    /// The condition that an oid is in the scope, as `AND …`; empty for all objects.
    func only(_ oid: String) -> String {
        scope == nil ? "" : " AND \(oid) = ANY ($1::pg_catalog.oid[])"
    }

    /// `CatalogSQL.relations`, limited to the scope.
    func relations(_ kinds: String = CatalogSQL.tableKinds) -> String {
        CatalogSQL.relations(kinds, only("c.oid"))
    }

    /// Whether the relations may have parts of this kind.
    func mayHave(_ part: SystemCatalog) -> Bool { scope?.parts.contains(part) ?? true }

    /// Runs a statement for the oids of the scope. It is prepared then, because it runs for every change.
    func forEach(
        _ oids: KeyPath<CatalogScope, Set<UInt32>>, _ statement: String, _ body: (borrowing Row) -> Void
    ) throws(PostgresError) {
        guard let scope else { return try session.forEach(statement, [], body) }
        try session.forEach(prepared: statement, [Self.list(scope[keyPath: oids])], body)
    }

    /// PostgreSQL's text of an array.
    static func list(_ oids: Set<UInt32>) -> String { "{\(oids.sorted().map(String.init).joined(separator: ","))}" }
}
