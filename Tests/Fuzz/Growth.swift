import Glibc
import Scripts
import Text
import Work

@testable import Alembic

/// Checks that the parsers work in linear time: input that is eight times as long must not need much more than eight
/// times the work.
///
/// Usage: growth SCRIPT.dict INI.dict
@main
enum Growth {
    /// A unit that is repeated between two texts.
    struct Pattern {
        var before: String
        var unit: String
        /// Repeated after the units, for example closing brackets.
        var closing = ""
        var after: String

        func bytes(_ count: Int) -> [UInt8] {
            Array((before + unit.repeated(count) + closing.repeated(count) + after).utf8)
        }
    }

    private static let count = 32
    private static let factor = 8
    /// By how much more than the factor the work may grow, since arrays double their capacity.
    private static let tolerance: UInt64 = 2

    static func main() throws {
        let scripts = try words(CommandLine.arguments[1])
        let inis = try words(CommandLine.arguments[2])
        var faults = 0
        let many = numbered(scriptStatements, before: "", after: "revision = x1\n")
        faults += check(patterns(scripts, in: scriptContexts) + nestings + many) { bytes in
            _ = ScriptHeader(bytes, file: "versions/some_step.py")
        }
        let lines = numbered(iniLines, before: "[a]\n", after: "k = %(k1)s\n")
        faults += check(patterns(inis, in: iniContexts) + lines) { bytes in
            guard let file = try? IniFile(bytes, file: "/here/x.ini", here: "/here"),
                let value = try? file.value("k", in: "a")
            else { return }
            _ = PathList.splitLegacy(value.text, splitsAtColons: true) + PathList.split(value.text, at: ":")
        }
        exit(faults == 0 ? 0 : 1)
    }

    /// Texts between which each word is repeated; in the first `pairedContexts` of them also each pair of words.
    private static let scriptContexts = [
        ("", ""), ("x = (", ")"), ("x = f'''", "'''"), ("x = ", ""), ("'''", "'''"), ("if ", ": pass"),
        ("def f(", "): pass"), ("def f():\n  ", ""), ("x = [1]\nx", " = 1"), ("# ", "\nrevision = 'é'"),
    ]
    private static let iniContexts = [
        ("[a]\n", ""), ("[a]\nk = ", ""), ("[a]\nk = x\n  ", ""), ("[a]\nx = \nk = %(", ")s"), ("[", "]"), ("", ""),
    ]
    private static let pairedContexts = 3
    private static let nestings = [
        ("(", ")"), ("[", "]"), ("{", "}"), ("('a',", ")"), ("f'{", "}'"), ("f'''{x:{", "}}'''"), ("lambda x: ", ""),
    ].map { Pattern(before: "x = ", unit: $0, closing: $1, after: "\n") }

    /// Statements that are repeated with different numbers in place of `§`.
    private static let scriptStatements = [
        "x§ = 'a'\n", "x§ = []\n", "x = []\n", "x§.append('a')\n", "x§ += 1\n", "del x§\n", "y = x§\n", "x§ = x§ = y\n",
        "def f():\n  global x§\n  pass\n", "class x§: pass\n", "for x§ in y: pass\n", "import x§\n",
        "globals()['x§'] = 1\n",
        "from sqlalchemy import *\n", "from y import *\n", "globals()\n", "x§ = 'a'; exec(y)\n", "(x§ := 1)\n",
    ]
    private static let iniLines = ["k§ = v\n", "k§ = %(k1)s\n", "[s§]\n", "[DEFAULT]\n", "  v§\n", "k§\n"]

    /// Each line repeated, followed by each line repeated.
    private static func numbered(_ lines: [String], before: String, after: String) -> [Pattern] {
        lines.flatMap { first in
            lines.map { Pattern(before: before, unit: first, closing: $0, after: after) }
        }
    }

    private static func patterns(_ words: [String], in contexts: [(String, String)]) -> [Pattern] {
        contexts.enumerated().flatMap { index, context in
            words.flatMap { first in
                ([""] + (index < pairedContexts ? words : [])).map {
                    Pattern(before: context.0, unit: first + $0, after: context.1)
                }
            }
        }
    }

    private static func check(_ patterns: [Pattern], read: ([UInt8]) -> Void) -> Int {
        var faults = 0
        // Lazily initialized values do not count.
        read([])
        for pattern in patterns {
            note("reading \(pattern)")
            let bytes = (one: pattern.bytes(count), many: pattern.bytes(count * factor))
            let one = Work.count { read(bytes.one) }
            let many = Work.count { read(bytes.many) }
            let limit = UInt64(factor) * tolerance
            if many.branches <= limit * one.branches && many.bytes <= limit * one.bytes { continue }
            faults += 1
            print(
                "input that is \(factor) times as long takes \(many.branches)/\(one.branches) branches and",
                terminator: " ")
            print("\(many.bytes)/\(one.bytes) bytes: \(pattern)")
        }
        return faults
    }

    /// Logs the current input, in case a parser does not return.
    private static func note(_ text: String) {
        print(text)
        fflush(nil)
    }

    /// The words of a libFuzzer dictionary: lines of `"text"`, with `\xAB` for a byte.
    private static func words(_ path: String) throws -> [String] {
        guard let file = fopen(path, "r") else { throw Failure(path: path) }
        defer { fclose(file) }
        var words: [String] = []
        while let line = readLine(file) {
            guard line.first == "\"", line.last == "\"" else { continue }
            var word = line.dropFirst().dropLast()[...]
            var bytes: [UInt8] = []
            while let character = word.popFirst() {
                if character == "\\", word.first == "x" {
                    bytes.append(UInt8(word.dropFirst().prefix(2), radix: 16) ?? 0)
                    word = word.dropFirst(3)
                } else {
                    bytes += Array(String(character == "\\" ? word.popFirst() ?? character : character).utf8)
                }
            }
            words.append(String(decoding: bytes, as: UTF8.self))
        }
        return words
    }

    private static func readLine(_ file: UnsafeMutablePointer<FILE>) -> String? {
        var line: UnsafeMutablePointer<CChar>?
        var room = 0
        defer { free(line) }
        guard getline(&line, &room, file) > 0, let line else { return nil }
        return String(cString: line).trimmedOfWhitespace
    }

    struct Failure: Error {
        var path: String
    }
}

extension String {
    fileprivate func repeated(_ count: Int) -> String {
        guard contains("§") else { return String(repeating: self, count: count) }
        return (1...count).map { replacing("§", with: "\($0)") }.joined()
    }
}
