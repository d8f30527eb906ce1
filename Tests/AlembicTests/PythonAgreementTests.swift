import FoundationEssentials
import Revisions
import Support
import Testing

@testable import Alembic

/// Random scripts and settings, damaged ones among them, read here and by Python. What is read here is what Python
/// reads; where that is in doubt, it is said and not guessed.
@Suite("agreement with Python")
struct PythonAgreementTests {
    /// What a program of `Tests/Fuzz/python` tells of the first numbers of a seed.
    private static func ask<Answer: Decodable>(_ program: String, _ count: Int) async throws -> [Answer] {
        let outcome = try await Program.run(
            TestPython.interpreter, ["\(RepositoryRoot.path)/Tests/Fuzz/python/\(program)", "1", "\(count)"])
        try #require(outcome.status == 0, "\(outcome.standardError)")
        return try outcome.lines.map { try JSONDecoder().decode(Answer.self, from: Data($0.utf8)) }
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

            /// Two spellings of a letter are two texts.
            private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
        }

        var script: Data
        var runs: Bool
        var header: Header?
    }

    @Test("headers of scripts")
    func scripts() async throws {
        var same = 0
        for answer in try await Self.ask("scripts.py", 1200) as [Script] where answer.runs {
            // Other tests wait for a thread.
            await Task.yield()
            let text = String(decoding: answer.script, as: UTF8.self)
            let header = ScriptHeader(Array(answer.script), file: "versions/some_step.py")
            if let problem = header.problem {
                #expect(!problem.message.hasPrefix("Python cannot read"), "\(problem)\n\(text)")
            } else if let expected = answer.header, let revision = header.revision {
                #expect(expected.isSame(as: revision), "\(header)\n\(text)")
                same += 1
            } else {
                Issue.record("Here it is a revision, for Alembic none: \(header)\n\(text)")
            }
        }
        // It was worth asking.
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
        for answer in try await Self.ask("settings.py", 1200) as [Settings] {
            await Task.yield()
            let file: IniFile
            do {
                file = try IniFile(Array(answer.text.utf8), file: "/he re/x.ini", here: "/he re")
            } catch {
                #expect(!answer.reads, "\(error)\n\(answer.text)")
                continue
            }
            #expect(answer.reads, "\(answer.text)")
            for expected in answer.values {
                let text = "[\(expected.section)] \(expected.key)\n\(answer.text)"
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
