import Revisions
import Scripts

/// The libFuzzer target for headers of revision scripts.
@_cdecl("LLVMFuzzerTestOneInput")
public func readScript(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    ScriptTarget(Array(UnsafeBufferPointer(start: start, count: count))).check()
    return 0
}

/// Properties of the header of any input.
struct ScriptTarget {
    let bytes: [UInt8]
    let header: ScriptHeader

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        header = Self.read(bytes)
    }

    private static func read(_ bytes: [UInt8]) -> ScriptHeader {
        ScriptHeader(bytes, file: "versions/some_step.py")
    }

    func check() {
        expect(Self.read(bytes) == header, "a second read has another result")
        expect(header.revision != nil || header.problem != nil, "neither a revision nor a problem")
        let lines = [header.problem?.line, header.lines.revision, header.lines.down, header.lines.labels]
        for line in lines + [header.lines.dependsOn] {
            expect(Lines.range(of: bytes).contains(line ?? 1), "line \(line ?? 0) is outside of the file")
        }
        if let message = header.problem?.message {
            let isPlain = message.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
            expect(isPlain, "a control character in a message")
        }
        if let other = Lines.withCarriageReturns(bytes) {
            expect(Self.read(other.pairs) == header, "the result differs with CRLF")
            expect(Self.read(other.alone) == header, "the result differs with CR")
        }
        checkComments()
        checkLaterAssignments()
    }

    /// Comments at the start change the line numbers and nothing else.
    private func checkComments() {
        // A byte order mark and an encoding declaration must stay in their lines.
        let start = bytes.split(separator: 10, maxSplits: 2, omittingEmptySubsequences: false).prefix(2).joined()
        let namesEncoding = String(decoding: start, as: UTF8.self).contains("coding")
        if namesEncoding || bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return }
        let comments = 3
        var moved = Self.read(Array(String(repeating: "# one\n", count: comments).utf8) + bytes)
        if let line = moved.problem?.line {
            moved.problem?.line = line - comments
            moved.problem?.message.replace("(line \(line))", with: "(line \(line - comments))")
        }
        moved.lines.revision? -= comments
        moved.lines.down? -= comments
        moved.lines.labels? -= comments
        moved.lines.dependsOn? -= comments
        expect(moved == header, "the result differs after comments")
    }

    /// The last assignment counts, unless other code of the file may assign later.
    private func checkLaterAssignments() {
        if header.problem?.message.hasPrefix("Python cannot read") == true { return }
        let later = "\n\nrevision = 'later'\ndown_revision = branch_labels = depends_on = None\n"
        let read = Self.read(bytes + Array(later.utf8))
        let isKnown = read.problem == nil && read.revision?.id == "later" && read.revision?.down == []
        expect(isKnown || read.problem?.code == "graph.notLiteral", "assignments at the end do not count")
    }
}
