import Schema

/// A generated schema: the steps that create it, and all changes that could be made to it afterwards.
struct PairDraft {
    let prefix: String
    var random: PairRandom
    /// Whether the server chooses the names of all constraints and indexes.
    let isUnnamed: Bool
    var steps: [PairStep] = []
    var changes: [PlantedChange] = []
    var schemas: [String] = []
    var kinds = ColumnKind.all
    /// Quoted names of functions of an integer, for defaults and checks.
    var functions: [String] = []
    /// Quoted names of trigger functions.
    var triggerFunctions: [String] = []
    var tables: [TableDraft] = []
    private var count = 0

    init(number: Int, seed: Int, isUnnamed: Bool) {
        let digits = String(number)
        prefix = "p" + String(repeating: "0", count: 3 - digits.count) + digits
        random = PairRandom(seed: seed, number: number)
        self.isUnnamed = isUnnamed
        makeSchemas()
        makeTypes()
        makeSequences()
        makeRoutines()
        for _ in 0..<random.number(2..<5) { makeTable() }
        if random.oneIn(2) { makePartitionedTable() }
        if random.oneIn(4) { makeChildTable() }
        makeForeignKeys()
        makeViews()
        makeTriggers()
        for table in tables { proposeChanges(of: table) }
    }

    /// A pair of the generated schema and up to three of the changes.
    static func pair(number: Int, seed: Int, way: SchemaPair.Way, isPlanted: Bool) -> SchemaPair {
        var draft = PairDraft(number: number, seed: seed, isUnnamed: way == .reordered)
        return SchemaPair(
            number: number, prefix: draft.prefix, way: way, steps: draft.steps,
            changes: isPlanted ? draft.chosenChanges() : [])
    }

    /// Chooses the kind of change first, so that rare kinds are as likely as frequent ones.
    private mutating func chosenChanges() -> [PlantedChange] {
        let names = Set(changes.map(\.name)).sorted().shuffled(using: &random)
        let count = random.number(1..<4)
        var chosen: [PlantedChange] = []
        for name in names where chosen.count < count {
            let fit = changes.filter { change in
                change.name == name && !chosen.contains { $0.collides(with: change) }
            }
            if !fit.isEmpty { chosen.append(random.pick(fit)) }
        }
        return chosen
    }

    mutating func step(_ phase: PairStep.Phase, _ text: String) { steps.append(PairStep(phase: phase, text: text)) }

    mutating func propose(
        _ name: String, _ statements: [String], touching subjects: [[String]], _ found: [PlantedChange.Found],
        unmanaged: [String] = [], managed: [ObjectKey] = []
    ) {
        changes.append(
            PlantedChange(
                name: name, statements: statements, subjects: subjects, found: found, unmanaged: unmanaged,
                managed: managed))
    }

    // MARK: Names

    /// A name that is unique in this schema.
    mutating func name(_ stem: String) -> String {
        count += 1
        let plain = "\(stem)\(count)"
        switch random.number(0..<14) {
        case 0: return "\(stem.uppercased()) \(count)"
        case 1: return "\(plain) \"x\""
        case 2: return "größe_\(plain)"
        case 3: return plain + String(repeating: "x", count: 63 - plain.utf8.count)
        case 4:
            let rest = 63 - plain.utf8.count
            return plain + String(repeating: "é", count: rest / 2) + (rest % 2 == 0 ? "" : "y")
        case 5: return "\(plain).\(stem)"
        case 6: return plain + random.pick(Self.oddities)
        default: return plain
        }
    }

    private static let oddities = [
        "it's", "a\\b", "50%", " USING ", "x NOT VALID", "ARRAY['a']", "表", "e\u{301}", "--", "::text", "$$", "(", ")",
        "🙂",
        ";", " WHERE ", "[]", "{}", "/*", ", ", "İ",
    ]

    /// A short name that needs no quotes.
    mutating func plainName(_ stem: String) -> String {
        count += 1
        return "\(stem)\(count)"
    }

    /// `CONSTRAINT name ` and the name, or an empty text and nil if the server chooses the name.
    mutating func constraintName(_ stem: String) -> (clause: String, name: String?) {
        if isUnnamed || random.oneIn(5) { return ("", nil) }
        let name = name(stem)
        return ("CONSTRAINT \(name.quoted) ", name)
    }

    /// The name of an index followed by a space, or an empty text if the server chooses the name.
    mutating func indexName(_ stem: String) -> (clause: String, name: String?) {
        if isUnnamed || random.oneIn(5) { return ("", nil) }
        let name = name(stem)
        return (name.quoted + " ", name)
    }
}

extension String {
    /// The text as a quoted name.
    var quoted: String {
        "\"" + split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }

    /// The text as a string constant.
    var constant: String { "'" + split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'" }
}

extension TableName {
    /// With every name quoted.
    var quoted: String { schema.quoted + "." + name.quoted }

    /// The name as a comparison shows it.
    var shown: String { sql(defaultSchema: "public") }

    /// The name of a part of the table as a comparison shows it.
    func shown(_ part: String) -> String { shown + "." + SQLIdentifier.quoted(part) }

    /// Another name in the same schema.
    func beside(_ name: String) -> TableName { TableName(schema: schema, name: name) }

    /// The path of the object, or of a part of it, for `PlantedChange.subjects`.
    func subject(_ part: String? = nil) -> [String] { [schema, name] + (part.map { [$0] } ?? []) }
}
