import FoundationEssentials
import Revisions
import Scripts
import Support
import Testing

@testable import Alembic

/// Random scripts and settings, some of them damaged, read here and by Python. Every value that is read here equals
/// Python's; in doubtful cases there is a problem and no value.
@Suite("agreement with Python")
struct PythonAgreementTests {
    /// The output of a program of `Tests/Fuzz/python` for the first numbers of a seed.
    private static func samples<Sample: Decodable>(_ program: String, _ count: Int) async throws -> [Sample] {
        let outcome = try await Program.run(
            TestPython.interpreter, ["\(RepositoryRoot.path)/Tests/Fuzz/python/\(program)", "1", "\(count)"])
        try #require(outcome.status == 0, "\(outcome.standardError)")
        return try outcome.lines.map { try JSONDecoder().decode(Sample.self, from: Data($0.utf8)) }
    }

    struct Script: Decodable {
        struct Header: Decodable {
            var revision: String
            var down: [String]
            var labels: [String]
            var dependsOn: [String]
            var doc: String

            func isSame(as read: Revision) -> Bool {
                let lists = [(down, read.down), (labels, read.labels), (dependsOn, read.dependsOn)]
                return lists.allSatisfy { Set($0.map(Self.bytes)) == Set($1.map(Self.bytes)) }
                    && Self.bytes(revision) == Self.bytes(read.id) && Self.bytes(doc) == Self.bytes(read.doc)
            }

            /// Two spellings of a letter are different texts.
            private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
        }

        var script: Data
        var runs: Bool
        var header: Header?
    }

    @Test("headers of scripts")
    func scripts() async throws {
        var same = 0
        for sample in try await Self.samples("scripts.py", 1200) as [Script] where sample.runs {
            // Lets other tests use the thread.
            await Task.yield()
            let text = String(decoding: sample.script, as: UTF8.self)
            let header = ScriptHeader(Array(sample.script), file: "versions/some_step.py")
            if let problem = header.problem {
                #expect(!problem.message.hasPrefix("Python cannot read"), "\(problem)\n\(text)")
            } else if let expected = sample.header, let revision = header.revision {
                #expect(expected.isSame(as: revision), "\(header)\n\(text)")
                same += 1
            } else {
                Issue.record("Here it is a revision, for Alembic none: \(header)\n\(text)")
            }
        }
        // The samples contain enough values.
        #expect(same > 100)
    }

    struct Settings: Decodable {
        struct Value: Decodable {
            var section: String
            var key: String
            var value: String?
            var fault: Bool
        }

        var text: String
        var reads: Bool
        var values: [Value]
    }

    @Test("values of INI files")
    func settings() async throws {
        var same = 0
        for sample in try await Self.samples("settings.py", 1200) as [Settings] {
            await Task.yield()
            let file: IniFile
            do {
                file = try IniFile(Array(sample.text.utf8), file: "/he re/x.ini", here: "/he re")
            } catch {
                #expect(!sample.reads, "\(error)\n\(sample.text)")
                continue
            }
            #expect(sample.reads, "\(sample.text)")
            for expected in sample.values {
                let text = "[\(expected.section)] \(expected.key)\n\(sample.text)"
                do {
                    let value = try file.value(expected.key, in: expected.section)
                    #expect(!expected.fault, "\(text)")
                    #expect(value.map { Array($0.text.utf8) } == expected.value.map { Array($0.utf8) }, "\(text)")
                    same += 1
                } catch {
                    #expect(expected.fault, "\(error)\n\(text)")
                }
            }
        }
        #expect(same > 500)
    }
}
