import Text

/// The statements that give the live database what the migrations created, ordered so that each comes after those that
/// it needs.
///
/// No statement drops a table, a column or a type, or anything that no migration created. What no statement can restore
/// is said in a note.
public struct RestorationScript: Codable, Hashable, Sendable {
    /// The difference that a step resolves.
    public struct Target: Codable, Hashable, Sendable {
        public var kind: SchemaDifference.Kind
        /// As in ``SchemaDifference/object``.
        public var object: String

        public init(_ kind: SchemaDifference.Kind, _ object: String) {
            self.kind = kind
            self.object = object
        }

        public static func == (left: Target, right: Target) -> Bool {
            left.kind == right.kind && left.object.hasSameBytes(as: right.object)
        }

        public func hash(into hasher: inout Hasher) {
            hasher.combine(kind)
            hasher.combine(object)
        }
    }

    /// Statements that belong together.
    public struct Step: Codable, Hashable, Sendable {
        /// What to know or to check before, one sentence or query each; may be all there is.
        public var notes: [String]
        /// Complete statements with their semicolons. They may contain line ends.
        public var statements: [String]
        /// May be empty, for what only other steps need.
        public var resolves: [Target]
        /// The positions of the steps that must run before.
        public var requires: [Int]
        /// Whether all it does is to add a column that `align` adds too.
        public var isAlignment: Bool

        public init(
            notes: [String] = [], statements: [String], resolves: [Target], requires: [Int] = [],
            isAlignment: Bool = false
        ) {
            self.notes = notes
            self.statements = statements
            self.resolves = resolves
            self.requires = requires
            self.isAlignment = isAlignment
        }
    }

    public var steps: [Step]

    public init(steps: [Step] = []) { self.steps = steps }

    /// The positions of the steps that resolve each difference.
    public var positions: [Target: [Int]] {
        var result: [Target: [Int]] = [:]
        for (position, step) in steps.enumerated() {
            for target in step.resolves { result[target, default: []].append(position) }
        }
        return result
    }

    /// The positions with those of all steps that they need, in the order of the script.
    public func closure(of positions: some Swift.Sequence<Int>) -> [Int] {
        var seen: Set<Int> = []
        var open = Array(positions)
        while let next = open.popLast() {
            if seen.insert(next).inserted { open += steps[next].requires }
        }
        return seen.sorted()
    }
}

extension SchemaDifference {
    /// What a step of a ``RestorationScript`` names.
    public var target: RestorationScript.Target { RestorationScript.Target(kind, object) }
}
