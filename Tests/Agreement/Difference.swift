import Revisions
import Testing

/// One answer that is not Alembic's, with what it takes to ask again.
struct Difference: Sendable, CustomStringConvertible {
    var subject: Oracle.Subject
    var number: Int
    /// What was asked.
    var question: String
    var alembic: String
    var schemad: String
    /// The graph, or whatever else shows the circumstances.
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

    /// Fails the test for any difference, and shows the first ones.
    static func expectNone(_ differences: [Difference], sourceLocation: SourceLocation = #_sourceLocation) {
        for difference in differences.prefix(10) {
            Issue.record("\(difference)", sourceLocation: sourceLocation)
        }
        #expect(differences.count == 0, sourceLocation: sourceLocation)
    }
}

extension Array where Element == Revision {
    /// The graph in few words: `id: parents; dependencies; labels`, in the order of loading.
    var shorthand: String {
        map { revision in
            func list(_ names: [String]) -> String { names.map(\.debugDescription).joined(separator: " ") }
            return "\(revision.id.debugDescription): \(list(revision.down)); \(list(revision.dependsOn)); "
                + list(revision.labels)
        }.joined(separator: "\n  ")
    }
}
