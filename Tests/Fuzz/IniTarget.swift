import Text

@testable import Alembic

/// The libFuzzer target for INI files.
@_cdecl("LLVMFuzzerTestOneInput")
public func readIni(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    IniTarget(Array(UnsafeBufferPointer(start: start, count: count))).check()
    return 0
}

/// Properties of the values in any input.
struct IniTarget {
    /// A value or the error.
    typealias Value = Result<IniFile.Value?, AlembicError>

    let bytes: [UInt8]
    /// Sections and keys that occur in the input.
    let names: [(section: String, key: String)]

    /// Limits the look-ups of one input.
    private static let namesLimit = 64

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        var names = [("alembic", "script_location"), ("alembic", "here"), ("a", "k")]
        var section = "alembic"
        for line in bytes.split(whereSeparator: { $0 == 10 || $0 == 13 }).prefix(Self.namesLimit) {
            let text = String(decoding: line, as: UTF8.self)
            if let start = text.firstIndex(of: "["), let end = text.lastIndex(of: "]"), start < end {
                section = String(text[start..<end].dropFirst())
            } else {
                names.append((section, String(text.prefix { $0 != "=" && $0 != ":" }).trimmedOfWhitespace))
            }
        }
        self.names = names
    }

    private static func read(_ bytes: [UInt8]) -> Result<IniFile, AlembicError> {
        Result { () throws(AlembicError) in try IniFile(bytes, file: "/here/x.ini", here: "/here") }
    }

    private func values(_ bytes: [UInt8]) -> [Value] {
        let file = Self.read(bytes)
        return names.map { name in
            file.flatMap { file in
                Result { () throws(AlembicError) in try file.value(name.key, in: name.section) }
            }
        }
    }

    func check() {
        let values = values(bytes)
        expect(self.values(bytes) == values, "a second read has another result")
        for value in values {
            switch value {
            case .success(let value?):
                expect(value.line == 0 || Lines.range(of: bytes).contains(value.line), "a line outside of the file")
                check(lists: value.text)
            case .failure(let error):
                expect(Lines.range(of: bytes).contains(error.line ?? 1), "a line outside of the file")
                expect(!error.description.contains { $0.isNewline }, "a message with several lines")
            case .success(nil): break
            }
        }
        if let other = Lines.withCarriageReturns(bytes) {
            expect(self.values(other.pairs) == values, "the result differs with CRLF")
            expect(self.values(other.alone) == values, "the result differs with CR")
        }
        checkComments(values)
    }

    /// Comments change the line numbers and nothing else.
    private func checkComments(_ values: [Value]) {
        // Python reads a byte order mark after the start as text, so no comment may precede it.
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return }
        let comments = "# one\n  ; two\n"
        let moved = self.values(Array(comments.utf8) + bytes).map { value -> Value in
            switch value {
            case .success(var value):
                // The value of `here` has line 0.
                if value?.line != 0 { value?.line -= 2 }
                return Value.success(value)
            case .failure(var error):
                error.line? -= 2
                return Value.failure(error)
            }
        }
        expect(moved == values, "the result differs after comments")
        expect(self.values(bytes + Array("\n# end\n".utf8)) == values, "the result differs before a comment")
    }

    private func check(lists text: String) {
        for splitsAtColons in [false, true] {
            let parts = PathList.splitLegacy(text, splitsAtColons: splitsAtColons)
            let separators = splitsAtColons ? ", :" : ", "
            expect(!parts.isEmpty, "no part")
            expect(
                parts.allSatisfy { $0.unicodeScalars.allSatisfy { !separators.unicodeScalars.contains($0) } },
                "a separator in a part")
        }
        expect(PathList.split(text, at: ":").allSatisfy { !$0.utf8.contains(58) }, "a separator in a part")
    }
}
