import FoundationEssentials
import Glibc
import Testing
import Text

@Suite struct ShellWordTests {
    static let words: [(String, String)] = [
        ("main", "main"),
        ("orders-db.eu_1", "orders-db.eu_1"),
        ("", "''"),
        ("two words", "'two words'"),
        ("it's", "'it'\\''s'"),
        ("$(reboot)", "'$(reboot)'"),
        ("-x", "'-x'"),
        ("~root", "'~root'"),
        ("naïve", "'naïve'"),
        ("a\u{1b}[2Jb'\\", "$'a\\033[2Jb\\047\\134'"),
        ("a\nb", "$'a\\012b'"),
    ]

    @Test(arguments: words)
    func quoting(text: String, word: String) {
        #expect(ShellWord.quoted(text) == word)
    }

    /// `$'…'` is not in every `sh`; Debian's is dash, which does not have it.
    @Test(arguments: words) func shellsReadTheSameText(text: String, word: String) throws {
        for shell in word.hasPrefix("$") ? ["/bin/bash"] : ["/bin/sh", "/bin/bash"] {
            #expect(try Self.output(of: shell, "printf %s \(word)") == text, "\(shell)")
        }
    }

    private static func output(of shell: String, _ script: String) throws -> String {
        let file = "/tmp/shell-word-\(getpid())-\(UInt64.random(in: 0 ... .max))"
        try Data("exec >\(file).out\n\(script)\n".utf8).write(to: URL(filePath: file))
        defer {
            unlink(file)
            unlink("\(file).out")
        }
        var process = pid_t()
        var arguments = [strdup(shell), strdup(file), nil]
        defer { arguments.forEach { free($0) } }
        try #require(posix_spawn(&process, shell, nil, nil, &arguments, environ) == 0)
        var status: Int32 = 0
        try #require(waitpid(process, &status, 0) == process)
        #expect(status == 0)
        return String(decoding: try Data(contentsOf: URL(filePath: "\(file).out")), as: UTF8.self)
    }
}
