extension RestorationScript {
    /// The statements that create a catalog in a database that has another one.
    ///
    /// Only what is missing is created; nothing is changed or dropped. There are no statements for rows and owners, and
    /// privileges are those that the catalog was read with.
    ///
    /// - Parameters:
    ///   - present: what the database has, for example the schemas and extensions of a new database.
    ///   - defaultSchema: the schema that names may leave out when it is `public`.
    public init(creating catalog: Catalog, besides present: Catalog, defaultSchema: String) {
        let (expected, actual) = (CatalogIndex(catalog), CatalogIndex(present))
        let compare = { (actual: CatalogIndex) in
            CatalogComparison(
                expected: expected, actual: actual, versionTables: [], defaultSchema: defaultSchema, parsedTexts: [:],
                isManaged: { _ in false }
            ).discrepancies
        }
        var builder = RestorationBuilder(expected: expected, live: actual, defaultSchema: defaultSchema)
        self = builder.script(for: compare(actual).filter(\.kind.isMissing), comparedWith: compare)
    }
}
