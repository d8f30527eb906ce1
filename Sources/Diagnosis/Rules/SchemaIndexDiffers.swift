import Schema

extension Rule {
    static let schemaIndexDiffers = Rule(
        code: "schema.indexDiffers",
        page: Page(
            title: "an index is missing, made by hand, or another one",
            problem: """
                Indexes are matched by definition; another name alone is information. A missing index makes \
                queries slow, a missing unique index lets in duplicates, and an index made by hand costs every \
                write until somebody writes a revision for it.
                """,
            evidence:
                "The live catalog, held against a replay of the migrations at the live rows, and against the models.",
            remedy: """
                Create the index as the migrations have it, CONCURRENTLY on a busy table; or write a revision \
                for what was made by hand.
                """)
    ) { situation, code in
        situation.drift(
            code, situation.differences(code), "index differs", "indexes differ",
            remedy: "# As the migrations have it, without blocking writes:"
        ) { difference in
            guard difference.kind == .missingIndex, let definition = difference.migrations else { return nil }
            let name = difference.column?.name ?? difference.object
            let isUnique = definition.hasPrefix("UNIQUE ")
            return
                "CREATE \(isUnique ? "UNIQUE " : "")INDEX CONCURRENTLY \(name) \(definition.dropFirst(isUnique ? 7 : 0));"
        }
    }
}
