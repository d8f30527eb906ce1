import Revisions
import Testing

/// A result of schemad that differs from Alembic's, with the command that reproduces it.
struct Disagreement: Sendable, CustomStringConvertible {
    var subject: Oracle.Subject
    var number: Int
    /// The compared property.
    var question: String
    var alembic: String
    var schemad: String
    /// The graph, or another description of the input.
    var about: String

    var description: String {
        """
        \(question)
          Alembic: \(alembic)
          schemad: \(schemad)
          \(about)
          seed \(Oracle.seed), number \(number): python Tests/Agreement/oracle \(subject.rawValue) \
        --seed \(Oracle.seed) --first \(number)
        """
    }

    /// Fails the test if there are differences, and shows the first ten.
    static func expectNone(_ disagreements: [Disagreement], sourceLocation: SourceLocation = #_sourceLocation) {
        for disagreement in disagreements.prefix(10) {
            Issue.record("\(disagreement)", sourceLocation: sourceLocation)
        }
        #expect(disagreements.count == 0, sourceLocation: sourceLocation)
    }
}

extension Array where Element == Revision {
    /// One line for each revision, in the order of loading: `id: parents; dependencies; labels`.
    var shorthand: String {
        map { revision in
            func list(_ names: [String]) -> String { names.map(\.debugDescription).joined(separator: " ") }
            return "\(revision.id.debugDescription): \(list(revision.down)); \(list(revision.dependsOn)); "
                + list(revision.labels)
        }.joined(separator: "\n  ")
    }
}
