import Testing

@testable import Wire

@Suite struct StrictJSONTests {
    @Test(
        arguments: [
            ("null", JSON.null), ("true", true), (" false ", false), ("0", 0), ("-0", 0), ("-12", -12),
            ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
            ("9223372036854775808", .number(9_223_372_036_854_775_808)), ("1.0", .number(1)), ("1e3", .number(1000)),
            ("1E-2", .number(0.01)), ("-0.5", .number(-0.5)), ("1e-999", .number(0)), ("\"\"", ""),
            (#""\"\\\/\b\f\n\r\t\u0041""#, "\"\\/\u{8}\u{C}\n\r\tA"), (#""\ud83d\ude00""#, "😀"),
            (#""a\u00e9b""#, "aéb"),
            ("[]", []), ("{}", [:]), ("[ ]", []), ("{ }", [:]), ("[[],{}]", [[], [:]]),
            ("[1,[2,{\"a\":[3]}],4]", [1, [2, ["a": [3]]], 4]),
            ("{\"a\":{\"a\":1},\"b\":[]}", ["a": ["a": 1], "b": []]),
            ("\"\u{7F}\"", "\u{7F}"), ("\"\u{10FFFF}\"", "\u{10FFFF}"),
        ] as [(String, JSON)]) func accepted(_ text: String, _ value: JSON) throws
    {
        #expect(try JSON.parse(Array(text.utf8)) == value)
    }

    @Test(arguments: [
        "", " ", "nul", "nulll", "truefalse", "tru", "True", "+1", "01", "-", "-a", "1.", ".5", "1e", "1e+", "0x1",
        "1_0",
        "Infinity", "-Infinity", "1e309", "-1e309", "\"", "\"a", "\"\\\"", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"",
        "\"\\u+123\"",
        "\"\\ud800\"", "\"\\udc00\"", "\"\\ud800x\"", "\"\\ud800\\n\"", "\"\\ud800\\ud800\"", "\"\\ude00\\ud83d\"",
        "\"\t\"", "\"\u{0}\"", "[", "]", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "[1}", "{", "}", "{\"a\"", "{\"a\":",
        "{\"a\":1",
        "{\"a\":1,", "{\"a\":1,}", "{,}", "{1:2}", "{a:1}", "{\"a\" 1}", "{\"a\":}", "{\"a\":1]", "{\"a\":1,\"a\":1}",
        "{\"\":1,\"\":2}", "[]]", "{}}", "[] []", "1 1", "\u{FEFF}1", "\u{A0}1", "//\n1", "1/**/",
    ]) func refused(_ text: String) {
        #expect(throws: WireError.self) { try JSON.parse(Array(text.utf8)) }
    }

    @Test(
        arguments: [
            [0xC0, 0xAF], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80],
            [0x80], [0xC3], [0xFE], [0xFF],
        ] as [[UInt8]]) func invalidUTF8(_ bytes: [UInt8])
    {
        #expect(throws: WireError.self) { try JSON.parse([0x22] + bytes + [0x22]) }
        #expect(throws: WireError.self) { try JSON.parse(Array("{\"".utf8) + bytes + Array("\":1}".utf8)) }
        #expect(throws: WireError.self) { try JSON.parse(Array("\"\\n".utf8) + bytes + [0x22]) }
    }

    @Test(arguments: [15, 16, 17, 200_000]) func depth(_ depth: Int) throws {
        let lists =
            Array(repeating: UInt8(ascii: "["), count: depth) + Array(repeating: UInt8(ascii: "]"), count: depth)
        let objects =
            Array(String(repeating: "{\"a\":", count: depth - 1).utf8) + Array("{}".utf8)
            + Array(repeating: UInt8(ascii: "}"), count: depth - 1)
        #expect((try? JSON.parse(lists)) != nil || depth > 16)
        #expect((try? JSON.parse(objects)) != nil || depth > 16)
        if depth > 16 {
            #expect(throws: WireError.self) { try JSON.parse(lists) }
            #expect(throws: WireError.self) { try JSON.parse(objects) }
        }
    }

    @Test func closedContainersDoNotCountForDepth() throws {
        let wide = "[" + Array(repeating: "[[]]", count: 1000).joined(separator: ",") + "]"
        #expect(try JSON.parse(Array(wide.utf8)).arrayValue?.count == 1000)
    }

    /// A duplicate is found in any position, among few names and among many.
    @Test(arguments: [2, 8, 9, 10, 20_000]) func duplicatesAmongManyMembers(_ count: Int) throws {
        let names = (0..<count).map { "\"n\($0)\":0" }
        #expect(try JSON.parse(Array("{\(names.joined(separator: ","))}".utf8)).objectValue?.members.count == count)
        for duplicate in ["\"n0\":1", "\"\\u006e\(count - 1)\":1"] {
            #expect(throws: WireError.self) {
                try JSON.parse(Array("{\((names + [duplicate]).joined(separator: ","))}".utf8))
            }
        }
    }

    /// Names that Swift's string equality would merge.
    @Test func normalizedNamesDiffer() throws {
        let value = try JSON.parse(Array("{\"\u{E9}\":1,\"e\u{301}\":2}".utf8))
        #expect(value["\u{E9}"] == 1)
        #expect(value["e\u{301}"] == 2)
        #expect(JSON.object(.init([.init("\u{E9}", 1)])) != .object(.init([.init("e\u{301}", 1)])))
    }

    @Test func errorsHaveAnOffset() {
        #expect(throws: WireError(.badJSON, "a member's name is used twice at byte 7")) {
            try JSON.parse(Array("{\"a\":1,\"a\":2}".utf8))
        }
    }

    /// 256 KiB of the worst cases; a quadratic parser would need minutes.
    @Test(
        .timeLimit(.minutes(1)),
        arguments: [
            "[" + String(repeating: "0,", count: 130_000) + "0]", String(repeating: " ", count: 262_000) + "1",
            "\"" + String(repeating: "\\n", count: 130_000) + "\"",
            "{" + (0..<24_000).map { "\"k\($0)\":1" }.joined(separator: ",") + "}",
        ]) func linear(_ text: String) throws
    {
        _ = try JSON.parse(Array(text.utf8))
    }

    @Test func writingAndReadingAgain() throws {
        let value: JSON = [
            "b": ["/path", "quote \" and \\", "\u{1}\u{7F}\n\u{2028}é😀"],
            "a": [1, -5, .number(0.25), .number(1e300), true, nil],
        ]
        #expect(try JSON.parse(value.encoded(sorted: false)) == value)
        let sorted = String(decoding: value.encoded(), as: UTF8.self)
        #expect(sorted.hasPrefix(#"{"a":[1,-5,0.25,1e+300,true,null],"b":["/path","quote \" and \\","#))
        #expect(try JSON.parse(JSON(encoding: value).encoded()) == JSON.parse(value.encoded()))
    }

    @Test func codableKeepsKinds() throws {
        let value: JSON = ["list": [true, 1, .number(1.5), "1", nil, [:]]]
        #expect(try WireCoding.decode(JSON.self, from: value) == value)
    }
}
