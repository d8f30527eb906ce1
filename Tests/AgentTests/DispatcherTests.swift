import Inspection
import Support
import Testing
import Wire

@testable import Agent

/// The path of a request from its frame to its response, without a socket.
@Suite struct DispatcherTests {
    private static func isTask(_ outcome: Dispatcher.Outcome) -> Bool {
        if case .task = outcome { true } else { false }
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        var body: String
        var key: String?
        var socket = SocketRole.admin
        var code: ErrorCode
        /// Nil when the request's own id cannot be known.
        var id: String?
        var says: String
        var testDescription: String { "\(code.rawValue): \(body)" }
    }

    static let refusals = [
        // Nothing of the body is read before the token is verified.
        Refusal(body: #"{"id":"1","command":"status"}"#, key: nil, code: .unauthenticated, says: "token"),
        Refusal(body: "not JSON", key: nil, code: .unauthenticated, says: "token"),
        Refusal(body: "not JSON", key: "all", code: .badJSON, says: ""),
        Refusal(body: "[1]", key: "all", code: .badJSON, says: "not an object"),
        Refusal(body: #"{"id":"","command":"status"}"#, key: "all", code: .badParams, says: "'id'"),
        Refusal(body: #"{"id":"1"}"#, key: "all", code: .badParams, id: "1", says: "'command'"),
        Refusal(
            body: #"{"id":"1","command":"status","dryrun":true}"#, key: "all", code: .badParams, id: "1", says: "dryrun"
        ),
        Refusal(
            body: #"{"id":"1","command":"drop"}"#, key: "all", code: .unknownCommand, id: "1",
            says: "there is no command 'drop'; there are align, cancel, diagnose"),
        Refusal(
            body: #"{"id":"1","command":"diagnose","database":"gone"}"#, key: "all", code: .unknownDatabase, id: "1",
            says: "'gone'"),
        Refusal(
            body: #"{"id":"1","command":"migrate"}"#, key: "reader", code: .forbidden, id: "1",
            says: "reader lacks the scope 'migrate'"),
        Refusal(
            body: #"{"id":"1","command":"migrate"}"#, key: "all", socket: .query, code: .forbidden, id: "1",
            says: "the query socket"),
        Refusal(
            body: #"{"id":"1","command":"diagnose","params":{"maxAgeMs":-1}}"#, key: "all", code: .badParams, id: "1",
            says: "'maxAgeMs'"),
        Refusal(
            body: #"{"id":"1","command":"fixVersion","params":{"undo":"x","apply":true}}"#, key: "all",
            code: .badParams, id: "1", says: "'undo'"),
    ]

    @Test(arguments: refusals) func refusedRequests(_ refusal: Refusal) async throws {
        try await AgentFixture.with { fixture in
            guard case .response(let frame) = fixture.begin(refusal.body, key: refusal.key, socket: refusal.socket)
            else {
                Issue.record("a refusal needs no task")
                return
            }
            #expect(frame.isAnonymous == (refusal.id == nil))
            let response = try AgentFixture.response(frame)
            #expect(response.id == refusal.id)
            let error = #expect(throws: WireError.self) { try response.outcome.get() }
            #expect(error?.code == refusal.code && error?.message.contains(refusal.says) == true, "\(error as Any)")
        }
    }

    /// A token is made for exactly one body.
    @Test func aTokenForOtherBytesIsRefused() async throws {
        try await AgentFixture.with { fixture in
            var frame = fixture.frame(#"{"id":"1","command":"status"}"#)
            frame.body.append(UInt8(ascii: " "))
            guard case .response(let refused) = fixture.dispatcher.begin(frame, peer: AgentFixture.peer, socket: .admin)
            else {
                Issue.record("the frame is refused at once")
                return
            }
            let error = #expect(throws: WireError.self) { try AgentFixture.response(refused).outcome.get() }
            #expect(error?.code == .unauthenticated)
        }
    }

    @Test func aKeysDatabases() async throws {
        try await AgentFixture.with(databases: ["main", "other"]) { fixture in
            let error = try await fixture.error(#"{"id":"1","command":"graph","database":"other"}"#, key: "main")
            #expect(error.code == .forbidden && error.message == "main may not use the database 'other'")
            // The names in the message are those that the key permits.
            let unnamed = try await fixture.error(#"{"id":"1","command":"graph"}"#, key: "main")
            #expect(unnamed.code == .badParams && unnamed.message == "name a database: this agent has main")
            let all = try await fixture.error(#"{"id":"1","command":"graph"}"#)
            #expect(all.message.hasSuffix("main, other"))
        }
    }

    /// Whoever may not use a database does not learn whether it exists: every command, both sockets.
    @Test func namesOfDatabasesAreNotDisclosed() async throws {
        try await AgentFixture.with(databases: ["main", "other"]) { fixture in
            let callers: [(key: String?, socket: SocketRole)] = [
                (nil, .admin), (nil, .query), ("reader", .admin), ("reader", .query), ("main", .admin),
                ("main", .query), ("all", .query),
            ]
            for command in Serve.commands {
                for (key, socket) in callers {
                    func refusal(_ database: String) async throws -> WireError? {
                        let body = #"{"id":"1","command":"\#(command.name)","database":"\#(database)"}"#
                        let response = try await fixture.exchange(body, key: key, socket: socket).response
                        guard case .failure(let error) = response.outcome else { return nil }
                        return WireError(error.code, error.message.replacing(database, with: "NAME"))
                    }
                    let gone = try await refusal("gone")
                    let place = "\(command.name) \(key ?? "no key") \(socket)"
                    #expect(gone != nil, "\(place)")
                    // Only a caller that may read all databases may know that there is none of this name.
                    let mayKnow = key != "main" && command.scope == .read && (key != nil || socket == .query)
                    #expect((gone?.code == .unknownDatabase) == mayKnow, "\(place)")
                    if !mayKnow { #expect(try await refusal("other") == gone, "\(place)") }
                }
            }
        }
    }

    /// Nor does a request without a name tell it.
    @Test func theOnlyDatabaseIsNotDisclosed() async throws {
        try await AgentFixture.with(databases: ["hidden"]) { fixture in
            for command in Serve.commands where command.needsDatabase || command.name == "watch" {
                let error = try await fixture.error(#"{"id":"1","command":"\#(command.name)"}"#, key: "main")
                #expect(error.code == .forbidden && !error.message.contains("hidden"), "\(command.name): \(error)")
            }
            let status = try await fixture.result(of: Status.self, #"{"id":"1","command":"status"}"#, key: "main")
            #expect(status.databases.isEmpty)
        }
    }

    // MARK: From memory

    @Test func aDiagnosisFromMemoryNeedsNoTask() async throws {
        try await AgentFixture.with { fixture in
            let body = #"{"id":"x","command":"diagnose","params":{"maxAgeMs":60000}}"#
            #expect(Self.isTask(fixture.begin(body)), "nothing is known yet")
            await fixture.remember(DiagnosisFixture.diagnosis(rows: ["b"]))
            for id in ["x", "y"] {
                let begun = fixture.begin(body.replacing("\"x\"", with: "\"\(id)\""), key: nil, socket: .query)
                guard case .response(let frame) = begun else {
                    Issue.record("the diagnosis is in memory")
                    return
                }
                let response = try AgentFixture.response(frame)
                let result = try response.result(of: Diagnose.self)
                #expect(response.id == id && !frame.isAnonymous)
                #expect(result.versionTable.rows == ["b"] && (0...60_000).contains(result.ageMs))
            }
            #expect(Self.isTask(fixture.begin(body.replacing("60000", with: "0"))), "zero means a new diagnosis")
        }
    }

    @Test func aVerificationFromMemory() async throws {
        try await AgentFixture.with { fixture in
            var diagnosis = DiagnosisFixture.diagnosis(rows: ["c"])
            // A verification accepts rows of the last second; this test may be slower.
            diagnosis.readAt = .now + .seconds(60)
            await fixture.remember(diagnosis)
            let body = #"{"id":"1","command":"verify","params":{"heads":["c"]}}"#
            guard case .response(let frame) = fixture.begin(body) else {
                Issue.record("the rows are in memory")
                return
            }
            let result = try AgentFixture.response(frame).result(of: Verify.self)
            #expect(result.verdict == .unverified && result.mayStart && result.heads == ["c"] && result.ageMs != nil)
        }
    }

    /// After a change the last diagnosis is too old for everyone.
    @Test func anInvalidDiagnosisIsNotServed() async throws {
        try await AgentFixture.with { fixture in
            await fixture.remember(DiagnosisFixture.diagnosis(rows: ["b"]))
            fixture.agent.databases[0].inspected.monitor.invalidate()
            #expect(Self.isTask(fixture.begin(#"{"id":"1","command":"diagnose","params":{"maxAgeMs":60000}}"#)))
        }
    }

    // MARK: Limits of a response

    /// A command of any result or failure.
    private struct Scripted: RegisteredCommand {
        let outcome: Result<[UInt8], WireError>
        var name: String { "scripted" }
        var scope: Scope { .read }
        var needsDatabase: Bool { false }

        func begin(_ call: Call) -> CommandStart { .task { _ in outcome } }
    }

    private static func outcome(_ outcome: Result<[UInt8], WireError>) async throws -> (id: String?, error: WireError) {
        try await AgentFixture.with(extra: [Scripted(outcome: outcome)]) { fixture in
            let response = try await fixture.exchange(#"{"id":"7","command":"scripted"}"#).response
            guard case .failure(let error) = response.outcome else { throw SupportError("The request succeeded.") }
            return (response.id, error)
        }
    }

    @Test func aResultThatIsTooLarge() async throws {
        let text = Array("\"\(String(repeating: "x", count: Limits.responseBytes))\"".utf8)
        let (id, error) = try await Self.outcome(.success(text))
        #expect(id == "7" && error.code == .tooLarge)
    }

    /// A failure is always reported; what does not fit is left out.
    @Test func anErrorThatIsTooLargeIsShortened() async throws {
        let long = WireError(
            .migrationFailed, String(repeating: "x", count: Limits.responseBytes), details: ["revision": "c"])
        let (id, error) = try await Self.outcome(.failure(long))
        #expect(id == "7" && error.code == .migrationFailed)
        #expect(error.message == String(repeating: "x", count: 1000) && error.details == nil)
        let details = WireError(
            .conflict, "locked", details: ["job": .string(String(repeating: "x", count: Limits.responseBytes))])
        let other = try await Self.outcome(.failure(details)).error
        #expect(other.message == "locked" && other.retryable && other.details == nil)
    }

    @Test func internalErrorsAreHidden() async throws {
        let error = try await Self.outcome(.failure(WireError(.internal, "a secret path"))).error
        #expect(error.code == .internal && !error.message.contains("secret"))
        #expect(error.details?["incident"]?.stringValue?.count == 8)
    }

    // MARK: Frames without a request

    @Test func theFirstFrameIsTheHello() async throws {
        try await AgentFixture.with { fixture in
            let bytes = fixture.dispatcher.hello()
            let hello = try Hello(parsing: try AgentFixture.body(bytes))
            #expect(bytes[4] == Frame.Kind.hello.rawValue)
            #expect(hello.audience == "tests" && hello.agent == AgentVersion.current && hello.state == .ready)
            #expect(hello.limits.inFlight == 8 && hello.limits.frameSeconds == 5 && hello.limits.idleSeconds == 60)
        }
    }

    @Test func gapsAndRefusals() async throws {
        try await AgentFixture.with { fixture in
            let gap = try Event(parsing: try AgentFixture.body(fixture.dispatcher.gap("5")))
            #expect(gap.id == "5" && gap.event == Event.Kind.gap && gap.data == nil)
            let refusal = fixture.dispatcher.refusal(WireError(.badFrame, "no frame"))
            #expect(refusal.isAnonymous)
            let response = try AgentFixture.response(refusal)
            #expect(response.id == nil && response.outcome == .failure(WireError(.badFrame, "no frame")))
        }
    }
}
