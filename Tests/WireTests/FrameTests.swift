import Testing

@testable import Wire

@Suite struct FrameTests {
    struct Vector: Sendable, CustomTestStringConvertible {
        let name: String, bytes: [UInt8], expect: String
        var testDescription: String { name }
    }

    static let vectors: [Vector] = {
        let list = (try? Vectors.load("frames"))?.arrayValue ?? []
        return list.compactMap { entry in
            guard let name = entry["name"]?.stringValue, let hex = entry["hex"]?.stringValue,
                let expect = entry["expect"]?.stringValue, let bytes = try? Vectors.bytes(hexadecimal: hex)
            else { return nil }
            return Vector(name: name, bytes: bytes, expect: expect)
        }
    }()

    /// The outcome of a server's decoder, in the terms of the vectors.
    static func outcome(_ decoder: inout FrameDecoder) -> String {
        do {
            return try decoder.next() == nil ? "needMore" : "ok"
        } catch {
            return error.code.rawValue
        }
    }

    @Test func allVectorsAreRead() throws {
        #expect(Self.vectors.count == (try Vectors.load("frames").arrayValue?.count))
        #expect(Self.vectors.count >= 17)
    }

    @Test(arguments: vectors) func vector(_ vector: Vector) {
        var decoder = FrameDecoder(reader: .server)
        decoder.append(vector.bytes)
        #expect(Self.outcome(&decoder) == vector.expect)
    }

    /// Bytes may arrive in any portions; the outcome must not depend on it.
    @Test(arguments: vectors) func vectorByteByByte(_ vector: Vector) {
        var decoder = FrameDecoder(reader: .server)
        var outcome = "needMore"
        for byte in vector.bytes where outcome == "needMore" {
            decoder.append([byte])
            outcome = Self.outcome(&decoder)
        }
        #expect(outcome == vector.expect)
    }

    @Test func severalFramesInOneReadComeOutOneByOne() throws {
        let frames = (1...50).map {
            Frame(.request, token: $0 % 2 == 0 ? [1, 2] : [], body: Array(repeating: 7, count: $0 * 100))
        }
        var decoder = FrameDecoder(reader: .server)
        decoder.append(try frames.flatMap { try $0.encoded() } + [0x53])
        for frame in frames { #expect(try decoder.next() == frame) }
        #expect(try decoder.next() == nil)
        #expect(decoder.pendingBytes == 1)
    }

    @Test(arguments: [Frame.Kind.hello, .response, .event]) func aClientAcceptsWhatAnAgentSends(_ kind: Frame.Kind)
        throws
    {
        var decoder = FrameDecoder(reader: .client)
        let frame = Frame(kind, body: Array("{}".utf8))
        decoder.append(try frame.encoded())
        #expect(try decoder.next() == frame)
    }

    @Test func aClientRefusesARequest() throws {
        var decoder = FrameDecoder(reader: .client)
        decoder.append(try Frame(.request, body: [0x7B, 0x7D]).encoded())
        #expect(Self.outcome(&decoder) == "badFrame")
    }

    @Test func anErrorStays() throws {
        var decoder = FrameDecoder(reader: .server)
        decoder.append(Array("GET / HTTP/1.1\r\n".utf8))
        #expect(Self.outcome(&decoder) == "badFrame")
        decoder.append(try Frame(.request, body: [0x7B, 0x7D]).encoded())
        #expect(Self.outcome(&decoder) == "badFrame")
        #expect(decoder.pendingBytes == 0)
    }

    @Test(arguments: [
        (Frame.Kind.hello, Limits.helloBytes), (.request, Limits.requestBytes), (.response, Limits.responseBytes),
        (.event, Limits.responseBytes),
    ]) func eachKindHasItsOwnCap(_ kind: Frame.Kind, _ limit: Int) throws {
        #expect(try Frame(kind, body: Array(repeating: 0x20, count: limit)).encoded().count == limit + 12)
        #expect { try Frame(kind, body: Array(repeating: 0x20, count: limit + 1)).encoded() } throws: {
            ($0 as? WireError)?.code == .tooLarge
        }
    }

    @Test func sentFramesFollowTheSameRules() {
        #expect(throws: WireError.self) { try Frame(.request, body: []).encoded() }
        #expect(throws: WireError.self) { try Frame(.response, token: [1], body: [0x7B]).encoded() }
        #expect(throws: WireError.self) {
            try Frame(.request, token: Array(repeating: 1, count: 513), body: [0x7B]).encoded()
        }
    }
}
