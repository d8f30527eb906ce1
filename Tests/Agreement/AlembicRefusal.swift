import Revisions

/// An exception that Alembic raised.
struct AlembicRefusal: Decodable, Hashable, Sendable, CustomStringConvertible {
    /// The exception's class.
    var type: String
    /// The first line.
    var message: String
    /// The function that raised it, which distinguishes exceptions without a message.
    var function: String

    var description: String { "\(type) in \(function): \(message)" }

    private func matches(_ type: String, _ start: String, _ function: String?) -> Bool {
        self.type == type && message.hasPrefix(start) && (function == nil || function == self.function)
    }

    // MARK: Targets

    /// Alembic's refusals of a target, distinguished by class and message, and our codes.
    private static let targetKinds: [(type: String, start: String, function: String?, RevisionsError.Code)] = [
        ("CommandError", "Range revision not allowed", nil, .range),
        ("ResolutionError", "No such revision or branch", nil, .unknown),
        ("ResolutionError", "Multiple revisions start with", nil, .ambiguous),
        ("ResolutionError", "Revision ", nil, .notInLine),
        ("MultipleHeads", "Multiple heads are present", nil, .multipleHeads),
        ("RevisionError", "Ambiguous walk", nil, .ambiguousStep),
        ("RevisionError", "Ambiguous upgrade from multiple", nil, .ambiguousStep),
        ("RevisionError", "Relative revision", nil, .tooFar),
        ("RevisionError", "Requested revision", nil, .overlap),
        // An empty name.
        ("AssertionError", "", "_revision_for_ident", .unknown),
        // A step that ended at no revision.
        ("AssertionError", "", "is_revision", .tooFar),
        ("AssertionError", "", "_walk", .tooFar),
    ]

    /// Our code for the same refusal; nil if the table has none.
    var code: RevisionsError.Code? {
        Self.targetKinds.first { matches($0.type, $0.start, $0.function) }?.3
    }

    // MARK: Graphs

    /// Alembic's refusals of a graph, and the codes of our problems.
    private static let graphKinds: [(type: String, start: String, code: String)] = [
        // Its message is only the missing name.
        ("KeyError", "", GraphProblem.Code.missingParent),
        // A down_revision that is a label.
        ("RevisionError", "Dependency resolution failed", GraphProblem.Code.missingParent),
        ("CycleDetected", "", GraphProblem.Code.cycle),
        ("DependencyCycleDetected", "", GraphProblem.Code.cycle),
        ("LoopDetected", "", GraphProblem.Code.cycle),
        ("DependencyLoopDetected", "", GraphProblem.Code.cycle),
        ("RevisionError", "Branch name", GraphProblem.Code.duplicateId),
        ("RevisionError", "Character(s)", GraphProblem.Code.unreadable),
    ]

    /// The code of our problem for the same refusal; nil if the table has none.
    var problemCode: String? {
        Self.graphKinds.first { matches($0.type, $0.start, nil) }?.code
    }
}
