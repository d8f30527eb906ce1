import Testing
import Text

@Suite struct ExactStringTests {
    /// One letter in two spellings: U+00E9, and "e" with U+0301.
    static let composed = "caf\u{E9}"
    static let decomposed = "cafe\u{301}"

    @Test func spellingsOfOneLetterDiffer() {
        #expect(Self.composed == Self.decomposed)
        #expect(!Self.composed.hasSameBytes(as: Self.decomposed))
        #expect(ExactString(Self.composed) != ExactString(Self.decomposed))
        #expect(Set([Self.composed, Self.decomposed].map(ExactString.init)).count == 2)
        #expect(ExactString(Self.composed) == ExactString("caf" + "\u{E9}"))
        #expect(Set([Self.composed, "caf" + "\u{E9}"].map(ExactString.init)).count == 1)
    }

    @Test func optionalsAndLists() {
        let pairs: [(String?, String?, Bool)] = [
            (nil, nil, true), (nil, "", false), ("", nil, false), ("a", "a", true), ("a", "b", false),
            (Self.composed, Self.decomposed, false),
        ]
        for (left, right, isSame) in pairs {
            let result = left.hasSameBytes(as: right)
            #expect(result == isSame)
        }
        #expect(["a", "b"].hasSameBytes(as: ["a", "b"]) && [String]().hasSameBytes(as: []))
        #expect(!["a", "b"].hasSameBytes(as: ["b", "a"]) && !["a"].hasSameBytes(as: ["a", "a"]))
        #expect(!["x", Self.composed].hasSameBytes(as: ["x", Self.decomposed]))
    }

    /// UTF-16 would put U+1F600 (D83D DE00) before U+FFFD.
    @Test func orderIsThatOfCodePoints() {
        #expect("\u{FFFD}".precedesInBytes("\u{1F600}"))
        #expect(!Array("\u{FFFD}".utf16).lexicographicallyPrecedes(Array("\u{1F600}".utf16)))
        #expect("Z".precedesInBytes("a") && "a".precedesInBytes("\u{E9}"))
        #expect(Self.decomposed.precedesInBytes(Self.composed))
        #expect("".precedesInBytes("\u{0}") && !"".precedesInBytes(""))
        #expect("abcdefgh".precedesInBytes("abcdefghi") && !"abcdefghi".precedesInBytes("abcdefgh"))
        #expect(
            "a".byteOrder(to: "a") == .same && "a".byteOrder(to: "b") == .before && "ab".byteOrder(to: "a") == .after)
    }

    /// The fast paths compare eight bytes at a time: every length and place around them.
    @Test(arguments: 0...33) func everyLength(_ length: Int) {
        let text = String(repeating: "x", count: length)
        #expect(text.hasSameBytes(as: String(Array(text))))
        #expect(text.byteOrder(to: text + "y") == .before && (text + "y").byteOrder(to: text) == .after)
        for place in 0..<length {
            let other = String(text.prefix(place)) + "\u{7F}" + text.dropFirst(place + 1)
            #expect(!text.hasSameBytes(as: other) && text.precedesInBytes(other) && !other.precedesInBytes(text))
            #expect(ExactString(text) != ExactString(other))
        }
    }

    @Test func sortingAgreesWithPlainByteOrder() {
        var random = SystemRandomNumberGenerator()
        let letters: [Character] = ["a", "b", "\u{0}", "\u{E9}", "\u{FFFD}", "\u{1F600}", "Z"]
        let names = (0..<2000).map { _ in
            String(
                (0..<Int.random(in: 0...12, using: &random)).map { _ in letters.randomElement(using: &random) ?? "a" })
        }
        let expected = names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        #expect(names.sortedByBytes { $0 }.hasSameBytes(as: expected))
        let unique = names.uniqueSortedByBytes()
        #expect(Set(unique.map(ExactString.init)) == Set(names.map(ExactString.init)))
        #expect(zip(unique, unique.dropFirst()).allSatisfy { $0.precedesInBytes($1) })
    }

    @Test func prefixes() {
        #expect("abc".startsWithBytes(of: "") && "abc".startsWithBytes(of: "abc") && !"abc".startsWithBytes(of: "abcd"))
        #expect(!Self.composed.startsWithBytes(of: "cafe") && Self.decomposed.startsWithBytes(of: "cafe"))
    }

    @Test(arguments: [
        ("", ""), (" \t\r\n\u{B}\u{C}\u{1C}\u{1D}\u{1E}\u{1F}", ""), (" a b ", "a b"), ("\u{A0}x\u{2003}", "x"),
        ("\u{200B}x", "\u{200B}x"), ("\u{85}x\u{3000}", "x"), ("x\u{0}", "x\u{0}"),
    ])
    func pythonStrip(text: String, stripped: String) {
        #expect(text.trimmedOfWhitespace == stripped)
    }
}
