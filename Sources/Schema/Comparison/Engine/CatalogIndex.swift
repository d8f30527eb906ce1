import Text

/// A catalog whose objects are found by name: every list is sorted by bytes.
struct CatalogIndex {
    let catalog: Catalog

    init(_ catalog: Catalog) {
        var catalog = catalog
        catalog.schemas = catalog.schemas.inByteOrder
        catalog.tables = catalog.tables.inByteOrder
        catalog.sequences = catalog.sequences.inByteOrder
        catalog.types = catalog.types.inByteOrder
        catalog.routines = catalog.routines.inByteOrder
        catalog.extensions = catalog.extensions.inByteOrder
        self.catalog = catalog
    }

    func contains(_ table: TableName) -> Bool {
        catalog.tables.position(ofSchema: table.schema, name: table.name) != nil
    }

    func table(_ name: TableName) -> Table? {
        catalog.tables.position(ofSchema: name.schema, name: name.name).map { catalog.tables[$0] }
    }

    func type(schema: String, name: String) -> UserType? {
        catalog.types.position(ofSchema: schema, name: name).map { catalog.types[$0] }
    }

    /// Whether the column's default is the next value of a sequence that the column owns.
    func isSerial(_ column: Column, of table: TableName) -> Bool {
        column.default.flatMap(ownerOfSequence)?.hasSameBytes(as: Sequence.Owner(table: table, column: column.name))
            ?? false
    }

    /// The column that owns the sequence from which a default takes its value; nil where there is none.
    func ownerOfSequence(in text: String) -> Sequence.Owner? {
        guard let name = SequenceDefault(text)?.sequence,
            let position = catalog.sequences.position(ofSchema: name.schema, name: name.name)
        else { return nil }
        return catalog.sequences[position].owner
    }
}

/// A column default that takes its value from a sequence: `nextval('public.users_id_seq'::regclass)`.
struct SequenceDefault {
    let sequence: TableName

    /// Nil for any other expression, and for a name without a schema, which `pg_get_expr` does not produce here.
    init?(_ text: String) {
        let (start, end) = ("nextval('", "'::regclass)")
        guard text.hasPrefix(start), text.hasSuffix(end), text.utf8.count > start.utf8.count + end.utf8.count else {
            return nil
        }
        let name = text.utf8.dropFirst(start.utf8.count).dropLast(end.utf8.count)
        var spelled: [UInt8] = []
        var wasQuote = false
        for byte in name {
            // A quote within the constant is doubled.
            wasQuote = byte == UInt8(ascii: "'") && !wasQuote
            if !wasQuote { spelled.append(byte) }
        }
        let identifiers = TypeSpelling(String(decoding: spelled, as: UTF8.self)).identifiers
        guard case .path(let names) = identifiers, names.count == 2 else { return nil }
        sequence = TableName(schema: names[0], name: names[1])
    }
}

extension Table {
    /// The column of this name; a linear search.
    public func column(_ name: String) -> Column? { columns.first { $0.name.hasSameBytes(as: name) } }
}
