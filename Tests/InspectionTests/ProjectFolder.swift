import Alembic
import Files
import Support

@testable import Inspection

/// A small Alembic project on disk, with an interpreter that is a shell script.
struct ProjectFolder: Sendable {
    let folder: TemporaryFolder

    /// Writes a project with the revisions `a` and `b`.
    init(_ folder: TemporaryFolder) throws {
        self.folder = folder
        try folder.write("app/alembic.ini", "[alembic]\nscript_location = migrations\n")
        try folder.write("app/migrations/env.py", "")
        try revision("a", down: nil)
        try revision("b", down: "a")
    }

    var path: String { folder.path("app") }

    var settings: DatabaseSettings {
        var settings = DatabaseSettings(
            name: "main", project: path, config: "alembic.ini", section: "alembic", python: folder.path("python"))
        // Nothing listens on port 1.
        settings.url = "postgresql://app:s3cret@127.0.0.1:1/orders"
        return settings
    }

    var runner: Runner { Runner(python: folder.path("python"), folder: path) }

    @discardableResult
    func revision(_ id: String, down: String?) throws -> String {
        try write("\(id).py", "revision = '\(id)'\ndown_revision = \(down.map { "'\($0)'" } ?? "None")\n")
    }

    /// A script whose revision only Python can compute.
    @discardableResult
    func computedRevision(_ name: String) throws -> String {
        try write("\(name).py", "revision = ''.join(['\(name)'])\ndown_revision = 'b'\n")
    }

    /// Writes a script.
    ///
    /// - Returns: its absolute path without symbolic links.
    @discardableResult
    func write(_ name: String, _ text: String) throws -> String {
        try FileSystem.realPath(try folder.write("app/migrations/versions/\(name)", text))
    }

    /// Makes the interpreter a shell script that records its start and prints these events.
    func python(_ events: String...) throws {
        try folder.write(
            "python",
            """
            #!/bin/sh
            echo started >> '\(folder.path("starts"))'
            cat <<'EVENTS'
            \(events.joined(separator: "\n"))
            EVENTS
            exec cat > /dev/null

            """, mode: 0o700)
    }

    /// Makes the interpreter a program that sends nothing, and ends when the folder is removed.
    func endlessPython() throws {
        try folder.write(
            "python",
            """
            #!/bin/sh
            echo started >> '\(folder.path("starts"))'
            while [ -d '\(folder.path)' ]; do sleep 0.05; done

            """, mode: 0o700)
    }

    /// How often the interpreter was started.
    var starts: Int { ((try? folder.read("starts")) ?? "").split(separator: "\n").count }

    /// The event with which the runner reports loaded scripts, each with the revision `id` after `b`.
    static func loaded(_ scripts: [(path: String, id: String)], files: [String] = []) -> String {
        let list = scripts.map { script in
            """
            {"path": "\(script.path)", "header": {"id": "\(script.id)", "down": ["b"], "labels": [], "dependsOn": [], \
            "doc": "computed"}}
            """
        }.joined(separator: ", ")
        let names = files.map { "\"\($0)\"" }.joined(separator: ", ")
        return #"{"event": "loaded", "scripts": [\#(list)], "files": [\#(names)], "folders": []}"#
    }

    static let finished = #"{"event": "finished"}"#

    static func error(_ code: AlembicError.Code, _ message: String) -> String {
        #"{"event": "error", "code": "\#(code.rawValue)", "message": "\#(message)"}"#
    }
}
