import Schema

/// A change to the live database, and everything that a comparison must report about it.
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

    /// The kind of change, for choosing among them.
    var name: String
    var statements: [String]
    /// The paths of the affected objects, outermost name first. A table includes all its parts.
    var subjects: [[String]]
    var found: [Found] = []
    /// Objects that it creates and no migration ever created, as `kind object`.
    var unmanaged: [String] = []
    /// Objects that it creates and an earlier migration had created.
    var managed: [ObjectKey] = []

    /// Whether both affect the same object, so that they are not combined.
    func collides(with other: PlantedChange) -> Bool {
        subjects.contains { mine in
            other.subjects.contains { theirs in mine.starts(with: theirs) || theirs.starts(with: mine) }
        }
    }
}
