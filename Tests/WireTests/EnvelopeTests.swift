import Testing

@testable import Wire

@Suite struct EnvelopeTests {
    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    /// The table of PROTOCOL.md, line by line.
    @Test(
        arguments: [
            (.badFrame, false, 400, 76), (.unsupported, false, 400, 76), (.tooLarge, false, 413, 65),
            (.badJSON, false, 400, 65), (.badParams, false, 400, 64), (.unknownCommand, false, 404, 64),
            (.unknownDatabase, false, 404, 64), (.unauthenticated, false, 401, 77), (.tokenExpired, false, 401, 77),
            (.replayed, false, 409, 77), (.forbidden, false, 403, 77), (.idempotencyMismatch, false, 422, 65),
            (.conflict, true, 409, 75), (.precondition, false, 412, 65), (.busy, true, 429, 75),
            (.draining, true, 503, 75),
            (.deadlineExceeded, true, 504, 75), (.cancelled, false, 409, 75), (.degraded, true, 503, 69),
            (.databaseUnavailable, true, 503, 69), (.permissionDenied, false, 502, 69),
            (.projectInvalid, false, 500, 78),
            (.migrationFailed, false, 500, 1), (.outcomeUnknown, false, 500, 1), (.internal, false, 500, 70),
        ] as [(ErrorCode, Bool, Int, Int32)])
    func errorTable(_ code: ErrorCode, _ retryable: Bool, _ status: Int, _ exit: Int32) {
        #expect(code.isRetryable == retryable)
        #expect(code.httpStatus == status)
        #expect(code.exitStatus == exit)
    }

    @Test func theErrorTableIsComplete() { #expect(ErrorCode.allCases.count == 25) }

    @Test func aSuccessIsTheResultInItsEnvelope() throws {
        let frame = try Response.frame(id: "c\"1", length: 7) { $0 += #"{"a":1}"#.utf8 }
        let body = Array(frame.dropFirst(Frame.Header.length))
        #expect(frame == (try Frame(.response, body: body).encoded()))
        #expect(text(body) == #"{"id":"c\"1","result":{"a":1}}"#)
        let response = try Response(parsing: body)
        #expect(response.id == "c\"1")
        #expect(try response.outcome.get() == ["a": 1])
    }

    @Test func aFailureCarriesCodeMessageAndDetails() throws {
        let error = WireError(.conflict, "job j1 holds the database", details: ["job": "j1"])
        let body = Response.encoded(id: nil, error: error)
        #expect(
            text(body).hasPrefix(
                #"{"id":null,"error":{"code":"conflict","message":"job j1 holds the database","retryable":true"#))
        let response = try Response(parsing: body)
        #expect(response.id == nil)
        #expect(throws: error) { try response.outcome.get() }
    }

    @Test func anUnknownCodeOfANewerAgentIsNamed() throws {
        let response = try Response(
            parsing: Array(#"{"id":"1","error":{"code":"quotaExceeded","message":"no","retryable":true},"x":1}"#.utf8))
        #expect {
            try response.outcome.get()
        } throws: {
            let error = $0 as? WireError
            return error?.code == .internal && error?.message == "quotaExceeded: no" && error?.retryable == true
        }
    }

    @Test(arguments: ["{}", "[]", "{\"id\":\"1\"}", "{\"id\":\"1\",\"error\":{}}", "{\"id\":\"1\",\"result\":1,}", ""])
    func malformedResponsesAreErrors(_ body: String) {
        #expect(throws: WireError.self) { try Response(parsing: Array(body.utf8)) }
    }

    @Test func hello() throws {
        let hello = Hello(agent: "0.1.0", audience: "orders-db", time: 1_767_225_600, state: .ready)
        let body = try hello.encoded()
        #expect(body.count <= Limits.helloBytes)
        #expect(try Hello(parsing: body) == hello)
        #expect { try Hello(parsing: Array(#"{"protocol":[2]}"#.utf8)) } throws: {
            ($0 as? WireError)?.code == .unsupported
        }
        #expect { try Hello(parsing: Array(#"{"protocol":[1]}"#.utf8)) } throws: {
            ($0 as? WireError)?.code == .badJSON
        }
    }

    @Test func events() throws {
        let progress = Progress(
            phase: .lockWait, revision: "a1", index: 1, total: 2, elapsedMs: 12,
            blockers: [.init(pid: 7, user: "app", state: "active", query: "SELECT 'secret'")])
        let event = Event(
            id: "c1", event: Event.Kind.progress, job: "j1", sequence: 7, data: try JSON(encoding: progress))
        let read = try Event(parsing: event.encoded())
        #expect(read.sequence == 7)
        #expect(read.progress == progress)
        #expect(progress.withoutQueries.blockers == [.init(pid: 7, user: "app", state: "active")])
        let gap = try Event(parsing: Array(#"{"event":"gap"}"#.utf8))
        #expect(gap == Event(id: nil, event: Event.Kind.gap))
        #expect(gap.progress == nil)
    }

    @Test func unknownValuesAreExplicitNulls() throws {
        let job = JobEntry(
            id: "j", command: "migrate", database: nil, state: .queued, createdAt: "2026-01-01T00:00:00Z")
        #expect(
            text(try WireCoding.encode(job))
                == #"{"command":"migrate","createdAt":"2026-01-01T00:00:00Z","database":null,"endedAt":null,"#
                + #""error":null,"id":"j","result":null,"startedAt":null,"state":"queued"}"#
        )
        let verify = Verify.Result(verdict: .unreachable, mayStart: false, heads: ["a"], rows: nil, ageMs: nil)
        let coded = try JSON(encoding: verify)
        #expect(coded == ["ageMs": nil, "heads": ["a"], "mayStart": false, "rows": nil, "verdict": "unreachable"])
        #expect(try WireCoding.decode(Verify.Result.self, from: coded) == verify)
        #expect(
            try WireCoding.decode(Verify.Result.self, from: ["heads": [], "mayStart": true, "verdict": "equal"]).rows
                == nil)
        let empty = FixVersion.Result(state: .planned, before: [nil, "a"], after: [])
        #expect(try JSON(encoding: empty)["before"] == [nil, "a"])
        #expect(try JSON(encoding: empty)["reason"] == .some(.null))
    }

    @Test func slashesStayAsTheyAre() throws {
        #expect(text(try WireCoding.encode(["file": "versions/a.py"])) == #"{"file":"versions/a.py"}"#)
    }
}
