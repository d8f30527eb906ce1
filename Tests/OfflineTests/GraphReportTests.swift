import Support
import Testing
import Wire

@testable import Offline

/// `schemad graph` on projects on disk.
@Suite struct GraphReportTests {
    private static let ini = "[alembic]\nscript_location = migrations\n"

    private static func script(
        _ id: String, _ down: String = "None", labels: String = "None", dependsOn: String = "None", doc: String = ""
    ) -> String {
        """
        \"\"\"\(doc)\"\"\"
        revision = "\(id)"
        down_revision = \(down)
        branch_labels = \(labels)
        depends_on = \(dependsOn)
        """
    }

    /// A branch with a label, and an independent script that depends on it.
    private static let scripts = [
        "1_base.py": script("aaaa11", doc: "the first"), "2_next.py": script("bbbb22", "'aaaa11'"),
        "3_side.py": script("cccc33", "'aaaa11'", labels: "('side',)"),
        "4_other.py": script("dddd44", dependsOn: "'side'", doc: "an \u{1B}[31mother"),
    ]

    private static func with<T>(
        _ scripts: [String: String], ini: String? = ini, _ body: (TemporaryFolder) async throws -> T
    ) async throws -> T {
        try await TemporaryFolder.with { folder in
            if let ini { try folder.write("alembic.ini", ini) }
            try folder.write("migrations/env.py", "raise SystemExit('must not run')")
            for (name, text) in scripts { try folder.write("migrations/versions/\(name)", text) }
            return try await body(folder)
        }
    }

    private static func report(_ folder: TemporaryFolder) async throws -> GraphReport {
        try await GraphReport(project: folder.path, config: "alembic.ini", section: "alembic", python: nil)
    }

    @Test func theContract() async throws {
        try await Self.with(Self.scripts) { folder in
            let report = try await Self.report(folder)
            #expect(report.isUsable)
            let text = try report.text(as: .json)
            #expect(text.hasSuffix("}\n") && text.filter(\.isNewline).count == 1)
            let json = try JSON.parse(Array(text.utf8))
            // Sorted members and no others, compact.
            #expect(String(decoding: json.encoded(), as: UTF8.self) + "\n" == text)
            let names = json.objectValue?.members.map(\.name)
            #expect(
                names == [
                    "bases", "branchPoints", "effectiveHeads", "heads", "mergePoints", "order", "problems", "revisions",
                ])
            #expect(json["heads"] == ["bbbb22", "cccc33", "dddd44"])
            #expect(json["effectiveHeads"] == ["bbbb22", "dddd44"])
            #expect(json["bases"] == ["aaaa11", "dddd44"])
            #expect(json["branchPoints"] == ["aaaa11"])
            #expect(json["mergePoints"] == [] && json["problems"] == [])
            #expect(json["order"]?.arrayValue?.first == "aaaa11" && json["order"]?.arrayValue?.count == 4)
            let other = json["revisions"]?.arrayValue?.last
            #expect(
                other == [
                    "dependsOn": ["cccc33"], "doc": "an \u{1B}[31mother", "down": [],
                    "file": "migrations/versions/4_other.py", "id": "dddd44", "labels": [], "source": "static",
                ])
        }
    }

    @Test func problems() async throws {
        let broken = Self.scripts.merging(["5_lost.py": Self.script("eeee55", "'gone00'")]) { $1 }
        try await Self.with(broken) { folder in
            let report = try await Self.report(folder)
            #expect(!report.isUsable)
            let json = try JSON.parse(Array(try report.text(as: .json).utf8))
            let problem = json["problems"]?.arrayValue?.first
            #expect(problem?["code"] == "graph.missingParent")
            #expect(problem?["file"] == "migrations/versions/5_lost.py" && problem?["line"] == 3)
            #expect(json["revisions"]?.arrayValue?.count == 5, "what can be read is there")
            let drawing = try report.text(as: .drawing(width: nil, hasColor: false))
            #expect(drawing.contains("eeee55  (head, missing gone00)\n"))
            #expect(drawing.contains("error  graph.missingParent  migrations/versions/5_lost.py:3: "))
        }
    }

    @Test func drawings() async throws {
        try await Self.with(Self.scripts) { folder in
            let report = try await Self.report(folder)
            let plain = try report.text(as: .drawing(width: nil, hasColor: false))
            #expect(
                plain == """
                    ●  dddd44  (head)  an \\u{1b}[31mother
                    ┊
                    ●  cccc33  (head, label side, depended on)
                    │ ●  bbbb22  (head)
                    ●─╯  aaaa11  the first

                    ┊ depends on

                    """, "\n\(plain)")
            #expect(try report.text(as: .drawing(width: 24, hasColor: false)).hasPrefix("●  dddd44  (head)  an \\…\n"))
            #expect(try report.text(as: .drawing(width: nil, hasColor: true)).contains("\u{1B}[1mdddd44\u{1B}[0m"))
            let around = try report.text(as: .drawing(width: nil, hasColor: false), around: "bbbb", limit: 2)
            #expect(around.contains("bbbb22") && around.contains("2 of 4 revisions are not shown."))
            #expect(try report.text(as: .dot, limit: 1).contains("digraph"))
            #expect(try report.text(as: .mermaid).hasPrefix("flowchart TD\n"))
            let refusal = #expect(throws: OfflineError.self) { try report.text(as: .dot, around: "zzzz") }
            #expect(refusal?.exitStatus == 64)
        }
    }

    @Test func aProjectWithoutRevisions() async throws {
        try await Self.with([:]) { folder in
            let report = try await Self.report(folder)
            #expect(report.isUsable)
            #expect(try report.text(as: .drawing(width: 80, hasColor: false)) == "The project has no revisions.\n")
        }
    }

    @Test func aFolderWithoutConfiguration() async throws {
        try await Self.with([:], ini: nil) { folder in
            let error = await #expect(throws: OfflineError.self) { try await Self.report(folder) }
            #expect(error?.exitStatus == 78)
            #expect(error?.description.contains(folder.path) == true && error?.description.contains("\n") == false)
            let json = try JSON.parse(Array((error?.json ?? "").utf8))
            #expect(json["code"] == "project.missing" && json["retryable"] == false)
        }
    }

    /// `package:folder`, where the package is in the project's virtual environment.
    @Test func packagesOfTheInterpreter() async throws {
        try await Self.with([:], ini: "[alembic]\nscript_location = shop.db:revisions\n") { folder in
            try folder.write("env/bin/python", "", mode: 0o700)
            try folder.write("env/lib/python3.11/site-packages/shop/db/__init__.py", "raise SystemExit()")
            try folder.write(
                "env/lib/python3.11/site-packages/shop/db/revisions/versions/1.py", Self.script("aaaa11"))
            let python = folder.path("env/bin/python")
            let report = try await GraphReport(project: folder.path, config: nil, section: "alembic", python: python)
            #expect(try JSON.parse(Array(try report.text(as: .json).utf8))["heads"] == ["aaaa11"])
        }
    }
}
