import Diagnosis
import FoundationEssentials
import Schema
import Support
import Testing
import Wire

/// Unusual names that PostgreSQL allows: exact in JSON, escaped on a terminal, and quoted correctly in remedies.
@Suite struct UnusualNameTests {
    static let names = [
        String(repeating: "n", count: 63), "it's \"quoted\" \\ $$ --", "two\nlines\r",
        "red\u{1B}[31m\u{1B}]0;title\u{7}",
        "\u{202E}turned\u{200B}", "Größe 日本",
    ]

    /// Creates a table, a column, a constraint, an index and an enum with the name.
    private static func definitions(_ name: String) -> [String] {
        let quoted = SQLName.quoted(name)
        return [
            "CREATE TYPE \(quoted) AS ENUM ('a')",
            "CREATE TABLE \(SQLName.quoted(name, "t")) (id integer PRIMARY KEY, \(quoted) text, "
                + "CONSTRAINT \(quoted) CHECK (id > 0))",
            "CREATE INDEX \(SQLName.quoted(name, "i")) ON \(SQLName.quoted(name, "t")) (\(quoted))",
        ]
    }

    @Test func unusualNamesAreReportedAndRepaired() async throws {
        let shadow = try await ShadowFixture.settings()
        try await ProjectFixture.with { settings, project in
            settings.shadow = shadow
            let statements = Self.names.flatMap(Self.definitions)
            try project.revision(
                "b00000000001", down: SmallProject.base,
                statements.map { "op.get_bind().exec_driver_sql(\(SQLName.python($0)))" }.joined(separator: "\n"))
            try project.folder.write(
                "project/models.py",
                """
                import sqlalchemy as sa

                metadata = sa.MetaData()
                sa.Table("notes", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("text", sa.Text))
                """
                    + Self.names.map { name in
                        """

                        sa.Table(\(SQLName.python(SQLName.with(name, "t"))), metadata, \
                        sa.Column("id", sa.Integer, primary_key=True), sa.Column(\(SQLName.python(name)), sa.Text))
                        """
                    }.joined())
        } _: { fixture in
            let (agent, database) = (fixture.agent, fixture.database)
            try await agent.call(Migrate.self, .init())
            #expect(try await agent.diagnoseAfterReplay().schema.differences == [])

            for name in Self.names {
                let table = SQLName.quoted(name, "t")
                try await database.execute("ALTER TABLE \(table) DROP CONSTRAINT \(SQLName.quoted(name))")
                try await database.execute("ALTER TABLE \(table) DROP COLUMN \(SQLName.quoted(name))")
                try await database.execute("ALTER TYPE \(SQLName.quoted(name)) ADD VALUE 'b'")
            }
            let broken = try await agent.adminctl("--json", "diagnose", "--fresh").result(Diagnose.Result.self)
            let objects = Set((broken.schema.differences ?? []).map { "\($0.kind.rawValue) \($0.object)" })
            for name in Self.names {
                let table = SQLName.quotedIfNeeded(SQLName.with(name, "t"))
                let own = SQLName.quotedIfNeeded(name)
                for object in [
                    "missingColumn \(table).\(own)", "missingConstraint \(table).\(own)",
                    "missingIndex \(SQLName.quotedIfNeeded(SQLName.with(name, "i")))", "enumLabels \(own)",
                ] {
                    #expect(objects.contains(object), "\(object) is not in \(objects)")
                }
            }
            #expect(broken.schema.missingColumns?.map(\.column).sorted() == Self.names.sorted())

            for shown in [
                try await agent.adminctl("diagnose", "--fresh"), try await agent.adminctl("align"),
                try await agent.adminctl("verify"),
            ] {
                #expect(!shown.standardOutput.isEmpty)
                Self.expectHarmless(shown.standardOutput + shown.standardError)
            }
            try await Self.applyRemedies(broken, agent, database)

            let repaired = try await agent.diagnose()
            #expect(
                Set((repaired.schema.differences ?? []).map(\.kind)) == [.enumLabels], "\(repaired.findings)")
            #expect(repaired.schemaMatch == true)
            try await database.waitForIdleSessions()
        }
    }

    /// Runs the remedies of the findings: commands in a shell, statements in psql.
    private static func applyRemedies(_ broken: Diagnose.Result, _ agent: AgentFixture, _ database: TestDatabase)
        async throws
    {
        let lines = broken.findings.filter { $0.severity != .info }.flatMap { finding in
            finding.remedy.split(separator: "\n").map(String.init)
        }
        expectHarmless(lines.joined(separator: "\n"))
        let commands = lines.filter {
            $0.hasPrefix("adminctl ") && !$0.contains("--write-baseline") && !$0.hasSuffix(" graph")
        }
        #expect(commands == ["adminctl --database main align", "adminctl --database main align --apply"])
        let bin = try Products.path("adminctl").split(separator: "/").dropLast().reduce(into: "") { $0 += "/\($1)" }
        for command in commands {
            let outcome = try await Program.run(
                "sh", ["-c", command],
                environment: [
                    "PATH": "\(bin):/usr/bin:/bin", "ADMINCTL_SOCKET": agent.adminSocket,
                    "ADMINCTL_KEY_FILE": agent.folder.path("tests.key"),
                ])
            #expect(outcome.status == 0, "\(command): \(outcome.standardError)")
            expectHarmless(outcome.standardOutput)
        }
        let statements = lines.filter { $0.hasPrefix("ALTER ") || $0.hasPrefix("CREATE ") }
        #expect(statements.count == 3 * names.count, "\(lines)")
        let outcome = try await Program.run(
            "psql", ["--no-psqlrc", "--set", "ON_ERROR_STOP=1", "--dbname", database.url],
            input: statements.joined(separator: "\n") + "\n")
        #expect(outcome.status == 0, "\(outcome.standardError)")
    }

    /// Checks that the text has no control or formatting characters except line ends.
    private static func expectHarmless(_ text: String) {
        let unsafe = text.unicodeScalars.filter { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: scalar != "\n"
            default: false
            }
        }
        #expect(unsafe.isEmpty, "\(unsafe.map(\.value)) in \(text.debugDescription)")
    }
}

/// Names in SQL and in Python.
private enum SQLName {
    /// The name with a suffix, which replaces the last character of names of 63 bytes.
    static func with(_ name: String, _ suffix: String) -> String {
        (name.utf8.count == 63 ? String(name.dropLast()) : name) + suffix
    }

    static func quoted(_ name: String, _ suffix: String = "") -> String {
        "\"" + (suffix.isEmpty ? name : with(name, suffix)).replacing("\"", with: "\"\"") + "\""
    }

    static func quotedIfNeeded(_ name: String) -> String { SQLIdentifier.quoted(name) }

    /// A Python literal; JSON string literals are valid Python.
    static func python(_ text: String) -> String {
        (try? JSONEncoder().encode(text)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}
