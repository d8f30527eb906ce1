import Inspection
import Synchronization
import Wire

/// A result as JSON, encoded once except for its age, which differs in each response.
final class EncodedResult: Sendable {
    /// A placeholder for the age while the result is encoded. No string in a result can contain the marker: the quotes
    /// of the member name would be escaped there.
    static let age: Int64 = 9_007_199_254_740_991
    private static let marker = Array("\"ageMs\":\(age)".utf8)

    private let head: [UInt8]
    private let tail: [UInt8]

    /// - Parameter result: with ``age`` as its `ageMs`.
    init(_ result: some Encodable) throws(WireError) {
        let bytes = try WireCoding.encode(result)
        guard let place = bytes.firstRange(of: Self.marker) else {
            throw WireError(.internal, "\(type(of: result)) has no age")
        }
        head = Array(bytes[..<place.lowerBound]) + Array("\"ageMs\":".utf8)
        tail = Array(bytes[place.upperBound...])
    }

    /// The approximate number of bytes.
    var count: Int { head.count + tail.count + 20 }

    /// Appends the JSON with an age in milliseconds.
    func append(to bytes: inout [UInt8], ageMs: Int64) {
        bytes += head
        bytes += String(ageMs).utf8
        bytes += tail
    }
}

/// A result from memory with its age.
struct CachedResult: Sendable {
    var result: EncodedResult
    var ageMs: Int64
}

/// The results that were encoded from the last diagnosis of a database.
final class ResponseCache: Sendable {
    enum Query: Equatable, Sendable {
        case diagnosis(all: Bool)
        case verification(Verify.Parameters)
    }

    private struct State {
        var diagnosis: CachedDiagnosis?
        /// Few, and mostly one or two: a search is faster than hashing.
        var results: [(query: Query, result: EncodedResult)] = []
    }

    /// Clients choose the heads in their queries.
    private static let limit = 64

    private let state = Mutex(State())

    /// The result of a query, encoded when it is first needed.
    func result(
        of query: Query, from diagnosis: CachedDiagnosis, _ encode: () throws(WireError) -> EncodedResult
    ) throws(WireError) -> EncodedResult {
        let known = state.withLock { state in
            state.diagnosis === diagnosis ? state.results.first { $0.query == query }?.result : nil
        }
        if let known { return known }
        let result = try encode()
        state.withLock { state in
            if state.diagnosis !== diagnosis {
                state.diagnosis = diagnosis
                state.results = []
            }
            if state.results.count >= Self.limit { state.results = [] }
            state.results.append((query, result))
        }
        return result
    }
}
