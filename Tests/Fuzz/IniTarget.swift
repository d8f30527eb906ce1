import Revisions

@testable import Alembic

/// The reader of INI files, for libFuzzer.
@_cdecl("LLVMFuzzerTestOneInput")
public func readIni(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    IniTarget(Array(UnsafeBufferPointer(start: start, count: count))).check()
    return 0
}

/// What holds for the values in any bytes.
struct IniTarget {
    /// A value, or why there is none.
    typealias Answer = Result<IniFile.Value?, ProjectError>

    let bytes: [UInt8]
    /// Sections and keys that the file may have.
    let names: [(section: String, key: String)]

    /// Enough for any file that fits into memory of a fuzzer, so that looking all of them up stays cheap.
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

    private static func read(_ bytes: [UInt8]) -> Result<IniFile, ProjectError> {
        Result { () throws(ProjectError) in try IniFile(bytes, file: "/here/x.ini", here: "/here") }
    }

    private func answers(_ bytes: [UInt8]) -> [Answer] {
        let file = Self.read(bytes)
        return names.map { name in
            file.flatMap { file in
                Result { () throws(ProjectError) in try file.value(name.key, in: name.section) }
            }
        }
    }

    func check() {
        let answers = answers(bytes)
        expect(self.answers(bytes) == answers, "a second reading differs")
        for answer in answers {
            switch answer {
            case .success(let value?):
                expect(value.line == 0 || Lines.range(of: bytes).contains(value.line), "a line that is not there")
                check(lists: value.text)
            case .failure(let error):
                expect(Lines.range(of: bytes).contains(error.line ?? 1), "a line that is not there")
                expect(!error.description.contains { $0.isNewline }, "a message of more lines")
            case .success(nil): break
            }
        }
        if let other = Lines.withCarriageReturns(bytes) {
            expect(self.answers(other.pairs) == answers, "with CRLF it differs")
            expect(self.answers(other.alone) == answers, "with CR it differs")
        }
        checkComments(answers)
    }

    /// Comments move lines, and change nothing else.
    private func checkComments(_ answers: [Answer]) {
        // Python takes a byte order mark for text, so nothing may stand before it.
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return }
        let comments = "# one\n  ; two\n"
        let moved = self.answers(Array(comments.utf8) + bytes).map { answer -> Answer in
            switch answer {
            case .success(var value):
                // The folder of the file stands on no line of it.
                if value?.line != 0 { value?.line -= 2 }
                return Answer.success(value)
            case .failure(var error):
                error.line? -= 2
                return Answer.failure(error)
            }
        }
        expect(moved == answers, "behind comments it differs")
        expect(self.answers(bytes + Array("\n# end\n".utf8)) == answers, "before a comment it differs")
    }

    private func check(lists text: String) {
        for splitsAtColons in [false, true] {
            let parts = PathLists.legacy(text, splitsAtColons: splitsAtColons)
            let separators = splitsAtColons ? ", :" : ", "
            expect(!parts.isEmpty, "no part at all")
            expect(
                parts.allSatisfy { $0.unicodeScalars.allSatisfy { !separators.unicodeScalars.contains($0) } },
                "a separator in a part")
        }
        expect(PathLists.split(text, at: ":").allSatisfy { !$0.utf8.contains(58) }, "a separator in a part")
    }
}
