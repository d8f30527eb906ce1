import Diagnosis
import Schema
import Wire

/// The objects of a comparison that a diagnosis only counts, because they are not faults of the database.
struct SchemaLists {
    /// A title with its number, and a line for each object; definitions may have several lines.
    let lists: [(title: String, lines: [String])]
    /// The number of objects that did not fit into the agent's response.
    let omitted: Int

    var isEmpty: Bool { lists.isEmpty }

    init(_ schema: Diagnose.Schema) {
        omitted = schema.omitted
        let all: [(String, [String])] = [
            ("accepted by the baseline", schema.accepted.map(\.line)),
            ("ignored by the settings", schema.ignored.map { "\($0.difference.line), by \($0.rule)" }),
            ("unmanaged: no migration made it", schema.unmanaged.map { "\($0.kind.rawValue) \($0.object)" }),
            ("for developers: models against migrations", schema.advice.map(\.line)),
        ]
        lists = all.filter { !$0.1.isEmpty }.map { ("\($0.1.count) \($0.0)", $0.1) }
    }
}

extension Console {
    /// Prints each object, without cutting anything.
    func lists(_ lists: SchemaLists) {
        for (title, lines) in lists.lists {
            line()
            line(styled(title, .bold))
            for text in lines { line("  - " + prose(text, indent: 4)) }
        }
        if lists.omitted > 0 {
            line()
            line("\(lists.omitted) more did not fit into the agent's response.")
        }
    }
}
