import Synchronization
import Wire

/// A result as the bytes of its JSON, but for its age, which is another one in every answer.
final class EncodedAnswer: Sendable {
    /// What stands for the age while the result is encoded. No string of a result can be taken for it: the quotes of
    /// its name would be escaped there.
    static let age: Int64 = 9_007_199_254_740_991
    private static let mark = Array("\"ageMs\":\(age)".utf8)

    private let head: [UInt8]
    private let tail: [UInt8]

    /// - Parameter result: with ``age`` as its `ageMs`.
    init(_ result: some Encodable) throws(WireError) {
        let bytes = try WireCoding.encode(result)
        guard let place = bytes.firstRange(of: Self.mark) else {
            throw WireError(.internal, "\(type(of: result)) has no age")
        }
        head = Array(bytes[..<place.lowerBound]) + Array("\"ageMs\":".utf8)
        tail = Array(bytes[place.upperBound...])
    }

    /// About how many bytes it has.
    var count: Int { head.count + tail.count + 20 }

    /// Appends the JSON with an age in milliseconds.
    func append(to bytes: inout [UInt8], ageMs: Int64) {
        bytes += head
        bytes += String(ageMs).utf8
        bytes += tail
    }
}

/// An answer of that age.
struct RecalledAnswer: Sendable {
    var answer: EncodedAnswer
    var ageMs: Int64
}

/// The answers that have been made of one observation.
final class EncodedAnswers: Sendable {
    /// Few, and mostly one or two: searched sooner than hashed.
    private let answers = Mutex<[(question: Question, answer: EncodedAnswer)]>([])

    enum Question: Equatable, Sendable {
        case diagnosis
        case verification(Verify.Parameters)
    }

    /// Clients choose the heads that they ask about.
    private static let limit = 64

    /// The answer to a question, encoded when it is first asked.
    func answer(
        _ question: Question, _ make: () throws(WireError) -> EncodedAnswer
    ) throws(WireError) -> EncodedAnswer {
        if let known = answers.withLock({ $0.first { $0.question == question }?.answer }) { return known }
        let answer = try make()
        answers.withLock { answers in
            if answers.count >= Self.limit { answers = [] }
            answers.append((question, answer))
        }
        return answer
    }
}
