import Inspection
import Testing
import Wire

@testable import Agent

/// Encoded results are reused for one diagnosis, and never for another.
@Suite struct ResponseCacheTests {
    private struct Sample: Encodable {
        var text: String
        var ageMs: Int64
    }

    private static func encoded(_ text: String) throws(WireError) -> EncodedResult {
        try EncodedResult(Sample(text: text, ageMs: EncodedResult.age))
    }

    private static func text(_ result: EncodedResult, ageMs: Int64 = 7) -> String {
        var bytes: [UInt8] = []
        result.append(to: &bytes, ageMs: ageMs)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func theAgeIsFilledIn() throws {
        let result = try Self.encoded("x")
        #expect(Self.text(result) == #"{"ageMs":7,"text":"x"}"#)
        #expect(Self.text(result, ageMs: 123_456) == #"{"ageMs":123456,"text":"x"}"#)
        #expect(result.count >= Self.text(result, ageMs: .max).utf8.count)
    }

    /// A value that looks like the marker is escaped in JSON and cannot be mistaken for it.
    @Test func theMarkerCannotBeForged() throws {
        let forged = #""ageMs":9007199254740991"#
        let text = Self.text(try Self.encoded(forged))
        #expect(text == #"{"ageMs":7,"text":"\"ageMs\":9007199254740991"}"#)
    }

    @Test func aResultWithoutAnAgeIsRefused() {
        #expect(throws: WireError.self) { try EncodedResult(["text": "x"]) }
    }

    @Test func oneDiagnosisIsEncodedOnce() throws {
        let cache = ResponseCache()
        let first = CachedDiagnosis(DiagnosisFixture.diagnosis(rows: ["c"]))
        let second = CachedDiagnosis(DiagnosisFixture.diagnosis(rows: ["c"]))
        var count = 0
        func result(
            _ query: ResponseCache.Query, _ diagnosis: CachedDiagnosis
        ) throws(WireError) -> String {
            Self.text(
                try cache.result(of: query, from: diagnosis) { () throws(WireError) in
                    count += 1
                    return try Self.encoded("\(count)")
                })
        }
        #expect(try result(.diagnosis(all: false), first).contains(#""1""#))
        #expect(try result(.diagnosis(all: false), first).contains(#""1""#))
        #expect(try result(.verification(Verify.Parameters(heads: ["a"])), first).contains(#""2""#))
        #expect(try result(.verification(Verify.Parameters(heads: ["b"])), first).contains(#""3""#))
        #expect(try result(.verification(Verify.Parameters(heads: ["a"])), first).contains(#""2""#))
        #expect(try result(.diagnosis(all: false), second).contains(#""4""#))
        #expect(
            try result(.diagnosis(all: false), first).contains(#""5""#),
            "an older diagnosis is not confused with the last")
    }

    /// Clients choose the heads: the number of results is limited.
    @Test func theNumberOfResultsIsLimited() throws {
        let cache = ResponseCache()
        let diagnosis = CachedDiagnosis(DiagnosisFixture.diagnosis(rows: ["c"]))
        var encoded = 0
        for round in 1...2 {
            for number in 0..<200 {
                _ = try cache.result(of: .verification(Verify.Parameters(heads: ["\(number)"])), from: diagnosis) {
                    () throws(WireError) in
                    encoded += 1
                    return try Self.encoded("x")
                }
            }
            #expect(encoded == round * 200)
        }
    }
}
