import Schema

/// A change that somebody makes to the live database, and all that has to be said of it.
struct PlantedChange: Sendable {
    /// One line of the report: kind, object, blame, and whether it is breaking.
    struct Found: Sendable, CustomStringConvertible {
        var description: String

        init(
            _ kind: SchemaDifference.Kind, _ object: String, _ blame: SchemaDifference.Blame? = .drift,
            breaking: Bool = false
        ) {
            description = "\(kind.rawValue) \(object) \(blame?.rawValue ?? "nobody")\(breaking ? " breaking" : "")"
        }

        init(_ difference: SchemaDifference) {
            self.init(difference.kind, difference.object, difference.blame, breaking: difference.breaking)
        }
    }

    /// What kind of change, for the choice among them.
    var name: String
    var statements: [String]
    /// What it touches: names from the outside in. A table is touched with all its parts.
    var subjects: [[String]]
    var found: [Found] = []
    /// What it makes that no migration ever made, as `kind object`.
    var unmanaged: [String] = []
    /// What it makes that some earlier migration had made.
    var managed: [ObjectKey] = []

    /// Whether both touch the same thing, so that they are not made together.
    func collides(with other: PlantedChange) -> Bool {
        subjects.contains { mine in
            other.subjects.contains { theirs in mine.starts(with: theirs) || theirs.starts(with: mine) }
        }
    }
}
