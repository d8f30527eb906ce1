import Testing

@testable import Wire

@Suite struct RequestTests {
    struct Vector: Sendable, CustomTestStringConvertible {
        let name: String, bytes: [UInt8], expect: String
        var testDescription: String { name }
    }

    static let vectors: [Vector] = {
        let list = (try? Vectors.load("json"))?["cases"]?.arrayValue ?? []
        return list.compactMap { entry in
            let unit = entry["repeat"]?["hex"] ?? entry["hex"]
            guard let name = entry["name"]?.stringValue, let expect = entry["expect"]?.stringValue,
                let bytes = unit?.stringValue.flatMap({ try? Vectors.bytes(hexadecimal: $0) })
            else { return nil }
            let count = Int(entry["repeat"]?["count"]?.integerValue ?? 1)
            return Vector(name: name, bytes: Array(repeatElement(bytes, count: count).joined()), expect: expect)
        }
    }()

    /// Reads a body as the agent does: strict JSON, envelope, command, parameters.
    static func outcome(_ body: [UInt8]) -> String {
        do {
            let request = try Request(parsing: body)
            guard let command = CommandTable.all.first(where: { $0.name == request.command }) else {
                return ErrorCode.unknownCommand.rawValue
            }
            try check(command, request)
            return "ok"
        } catch let error as RequestRefusal {
            return error.error.code.rawValue
        } catch let error as WireError {
            return error.code.rawValue
        } catch {
            return "\(error)"
        }
    }

    private static func check<C: Command>(_ command: C.Type, _ request: Request) throws(WireError) {
        _ = try command.parameters(of: request)
    }

    @Test func allVectorsAreRead() throws {
        #expect(Self.vectors.count == (try Vectors.load("json")["cases"]?.arrayValue?.count))
        #expect(Self.vectors.count >= 31)
    }

    @Test(arguments: vectors) func vector(_ vector: Vector) {
        if vector.expect == "strictOK" {
            #expect((try? JSON.parse(vector.bytes)) != nil)
            #expect(Self.outcome(vector.bytes) != "badJSON")
        } else {
            #expect(Self.outcome(vector.bytes) == vector.expect)
        }
    }

    /// `%` is replaced with the rest of a request whose id and command are good.
    @Test(arguments: [
        ("\"database\":\"main\"", "ok"), ("\"database\":\"\"", "badParams"), ("\"database\":null", "badParams"),
        ("\"database\":7", "badParams"), ("\"database\":\"a\\nb\"", "badParams"),
        ("\"params\":{\"maxAgeMs\":0}", "ok"), ("\"params\":{\"maxAgeMs\":-1}", "badParams"),
        ("\"params\":{\"maxAgeMs\":0.5}", "badParams"), ("\"params\":{\"maxAgeMs\":\"0\"}", "badParams"),
        ("\"params\":{\"maxagems\":0}", "badParams"), ("\"params\":[]", "badParams"), ("\"params\":null", "badParams"),
        ("\"idempotencyKey\":\"deploy-8f3c/a.b:c_D\"", "ok"), ("\"idempotencyKey\":\"\"", "badParams"),
        ("\"idempotencyKey\":\"a b\"", "badParams"), ("\"idempotencyKey\":\"é\"", "badParams"),
        ("\"idempotencyKey\":\"\(String(repeating: "k", count: 128))\"", "ok"),
        ("\"idempotencyKey\":\"\(String(repeating: "k", count: 129))\"", "badParams"),
        ("\"deadlineMs\":1", "ok"), ("\"deadlineMs\":0", "badParams"), ("\"deadlineMs\":-5", "badParams"),
        ("\"deadlineMs\":1.0", "badParams"), ("\"deadlineMs\":\"1\"", "badParams"),
        ("\"deadlineMs\":null", "badParams"),
        ("\"stream\":true", "ok"), ("\"stream\":1", "badParams"), ("\"stream\":\"true\"", "badParams"),
        ("\"reason\":\"release 42 – é\"", "ok"), ("\"reason\":\"a\\u0007\"", "badParams"),
        ("\"reason\":\"\(String(repeating: "é", count: 500))\"", "ok"),
        ("\"reason\":\"\(String(repeating: "é", count: 501))\"", "badParams"),
        ("\"reason\":\"a\\u0000\"", "badParams"), ("\"par\\u0000ams\":{}", "badParams"),
        ("\"params\":{\"a\\u0000\":1}", "badParams"), ("\"Database\":\"main\"", "badParams"),
    ]) func envelope(_ member: String, _ expected: String) {
        let body = "{\"id\":\"c1\",\"command\":\"diagnose\",\(member)}"
        #expect(Self.outcome(Array(body.utf8)) == expected)
    }

    @Test(arguments: [
        ("\"a\"", true), ("\"\(String(repeating: "x", count: 64))\"", true),
        ("\"\(String(repeating: "x", count: 65))\"", false),
        ("\"\"", false), ("\"a\\tb\"", false), ("1", false), ("null", false),
    ]) func identifier(_ id: String, _ isGood: Bool) {
        let outcome = Self.outcome(Array("{\"id\":\(id),\"command\":\"status\"}".utf8))
        #expect(outcome == (isGood ? "ok" : "badParams"))
    }

    /// A refusal has the request's id if it could be read.
    @Test(
        arguments: [
            ("{\"id\":\"c1\",\"command\":\"status\",\"x\":1}", "c1"), ("{\"x\":1,\"id\":\"c1\"}", "c1"),
            ("{\"id\":7,\"command\":\"status\"}", nil), ("{\"id\":\"c1\",}", nil), ("[1]", nil),
        ] as [(String, String?)]) func refusalsCarryTheID(_ body: String, _ id: String?)
    {
        #expect { try Request(parsing: Array(body.utf8)) } throws: { ($0 as? RequestRefusal)?.id == id }
    }

    @Test func aRequestComesBackAsItWas() throws {
        let request = try Request(
            id: "c1", Migrate.self,
            .init(to: ["heads"], plan: "p", expectFrom: ["a", "b"], wait: false, runDeadlineMs: 900_000),
            database: "main",
            idempotencyKey: "deploy-8f3c", deadlineMilliseconds: 5000, stream: true, reason: "release \"42\"")
        let read = try Request(parsing: request.encoded())
        #expect(read == request)
        #expect(try Migrate.parameters(of: read).expectFrom == ["a", "b"])
        #expect(try Migrate.parameters(of: read).wait == false)
    }

    @Test func absentMembersStayAbsent() throws {
        let request = try Request(id: "1", Diagnose.self, .init())
        #expect(String(decoding: request.encoded(), as: UTF8.self) == #"{"id":"1","command":"diagnose"}"#)
    }

    @Test(arguments: [
        ("{\"to\":[\"heads\"]}", true), ("{\"to\":\"heads\"}", false), ("{\"to\":[]}", false), ("{\"to\":[1]}", false),
        ("{\"to\":[\"\"]}", false), ("{\"to\":[null]}", false), ("{\"wait\":false}", true), ("{\"wait\":0}", false),
        ("{\"runDeadlineMs\":0}", false), ("{\"dryRun\":true}", false),
    ]) func migrateParameters(_ parameters: String, _ isGood: Bool) {
        let body = "{\"id\":\"1\",\"command\":\"migrate\",\"params\":\(parameters)}"
        #expect(Self.outcome(Array(body.utf8)) == (isGood ? "ok" : "badParams"))
    }

    @Test(arguments: [
        ("{\"apply\":true,\"to\":[\"a\"],\"plan\":\"p\"}", true), ("{\"undo\":\"r1\"}", true),
        ("{\"undo\":\"r1\",\"apply\":true}", false),
        ("{\"undo\":\"r1\",\"to\":[\"a\"]}", false), ("{\"apply\":\"yes\"}", false),
    ]) func fixVersionParameters(_ parameters: String, _ isGood: Bool) {
        let body = "{\"id\":\"1\",\"command\":\"fixVersion\",\"params\":\(parameters)}"
        #expect(Self.outcome(Array(body.utf8)) == (isGood ? "ok" : "badParams"))
    }

    @Test(arguments: [
        ("{\"job\":\"j1\"}", true), ("{}", true), ("{\"afterSequence\":1}", false),
        ("{\"job\":\"j1\",\"afterSequence\":-1}", false),
    ])
    func watchParameters(_ parameters: String, _ isGood: Bool) {
        let body = "{\"id\":\"1\",\"command\":\"watch\",\"params\":\(parameters)}"
        #expect(Self.outcome(Array(body.utf8)) == (isGood ? "ok" : "badParams"))
    }

    @Test(arguments: [("running", true), ("finished", false)]) func jobStates(_ state: String, _ isGood: Bool) {
        let body = "{\"id\":\"1\",\"command\":\"jobs\",\"params\":{\"state\":\"\(state)\"}}"
        #expect(Self.outcome(Array(body.utf8)) == (isGood ? "ok" : "badParams"))
    }

    @Test(arguments: ["aligned", "canceled", "audit", "reload", "fix-version", "Status", "", "statuſ"])
    func otherNamesAreUnknown(_ name: String) {
        #expect(!CommandTable.all.contains { $0.name.utf8.elementsEqual(name.utf8) })
    }

    @Test func scopesAndMutations() {
        let scopes = CommandTable.all.reduce(into: [String: Scope]()) { $0[$1.name] = $1.scope }
        #expect(
            scopes == [
                "status": .read, "diagnose": .read, "verify": .read, "graph": .read, "plan": .plan,
                "fixVersion": .repair, "align": .repair,
                "migrate": .migrate, "cancel": .migrate, "jobs": .read, "watch": .read,
            ])
        #expect(
            CommandTable.all.filter { $0.isMutation }.map { $0.name }.sorted() == ["align", "fixVersion", "migrate"])
        #expect(!FixVersion.mutates(.init(to: ["a"])))
        #expect(FixVersion.mutates(.init(apply: true)))
        #expect(FixVersion.mutates(.init(undo: "r")))
        #expect(Migrate.mutates(.init()))
    }

    @Test func parameterNamesAreTheContracts() {
        #expect(Migrate.parameterNames == ["to", "plan", "expectFrom", "wait", "runDeadlineMs"])
        #expect(Status.parameterNames.isEmpty)
    }
}
