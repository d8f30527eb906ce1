import Inspection
import Jobs
import Journal
import Support
import Testing
import Wire

@testable import Agent

/// `jobs`, `watch`, `migrate` and the other commands that record or follow jobs.
@Suite struct JobCommandsTests {
    private static let failure =
        #"{"code":"migrationFailed","details":{"revision":"b"},"message":"failed","retryable":false}"#

    // MARK: jobs

    @Test func jobsAreListedByPage() async throws {
        try await AgentFixture.with { fixture in
            var ids: [String] = []
            for _ in 1...5 { ids.append(try await fixture.admit().id) }
            var listed: [String] = []
            var cursor: String?
            repeat {
                let after = cursor.map { #","cursor":"\#($0)""# } ?? ""
                let page = try await fixture.result(
                    of: Jobs.self, #"{"id":"1","command":"jobs","params":{"limit":2\#(after)}}"#)
                #expect(page.jobs.count <= 2)
                listed += page.jobs.map(\.id)
                cursor = page.nextCursor
            } while cursor != nil
            #expect(listed == ids.reversed(), "newest first, each once")
        }
    }

    @Test func jobsOfOneState() async throws {
        try await AgentFixture.with { fixture in
            let ended = try await fixture.admit()
            let queued = try await fixture.admit()
            try await fixture.finish(ended.id, result: "{}")
            func ids(_ state: String) async throws -> [String] {
                try await fixture.result(
                    of: Jobs.self, #"{"id":"1","command":"jobs","params":{"state":"\#(state)"}}"#
                ).jobs.map(\.id)
            }
            #expect(try await ids("queued") == [queued.id])
            #expect(try await ids("succeeded") == [ended.id])
            #expect(try await ids("unknown") == [])
            #expect(try await fixture.error(#"{"id":"1","command":"jobs","params":{"state":"x"}}"#).code == .badParams)
        }
    }

    /// A key sees the jobs of its databases, and no others by their ids either.
    @Test func jobsAreVisibleByDatabase() async throws {
        try await AgentFixture.with(databases: ["main", "other"]) { fixture in
            let main = try await fixture.admit("main")
            let other = try await fixture.admit("other")
            func ids(_ rest: String, key: String?) async throws -> [String] {
                try await fixture.result(of: Jobs.self, #"{"id":"1","command":"jobs"\#(rest)}"#, key: key).jobs.map(
                    \.id)
            }
            #expect(try await ids("", key: "all") == [other.id, main.id])
            #expect(try await ids("", key: "main") == [main.id])
            #expect(try await ids(#","database":"other""#, key: "all") == [other.id])
            #expect(try await ids(#","params":{"id":"\#(other.id)"}"#, key: "main") == [])
            #expect(try await ids(#","params":{"id":"\#(other.id)"}"#, key: "all") == [other.id])
            #expect(try await ids(#","database":"main","params":{"id":"\#(other.id)"}"#, key: "all") == [])
            #expect(try await ids(#","params":{"id":"no-such-job"}"#, key: "all") == [])
            let error = try await fixture.error(#"{"id":"1","command":"jobs","database":"other"}"#, key: "main")
            #expect(error.code == .forbidden)
        }
    }

    /// Details of an error and the name of the owner are for the owner and for scope `admin`.
    @Test func detailsAreVisibleByPrincipal() async throws {
        try await AgentFixture.with { fixture in
            let job = try await fixture.admit(principal: "reader")
            try await fixture.finish(job.id, error: Self.failure)
            func entry(_ key: String?, _ socket: SocketRole = .admin) async throws -> JobEntry? {
                try await fixture.result(
                    of: Jobs.self, #"{"id":"1","command":"jobs"}"#, key: key, socket: socket
                ).jobs.first
            }
            for key in ["reader", "all"] {
                let entry = try await entry(key)
                #expect(entry?.principal == "reader" && entry?.error?.details?["revision"] == "b")
            }
            for (key, socket) in [("main", .admin), (nil, .query)] as [(String?, SocketRole)] {
                let entry = try await entry(key, socket)
                #expect(entry?.principal == nil && entry?.error?.details == nil && entry?.error?.message == "failed")
            }
        }
    }

    /// A page ends early when the next job would not fit the response.
    @Test func largeJobsMakeShortPages() async throws {
        try await AgentFixture.with { fixture in
            let text = "\"\(String(repeating: "x", count: 400_000))\""
            var ids: [String] = []
            for _ in 1...3 {
                let job = try await fixture.admit()
                try await fixture.finish(job.id, result: text)
                ids.append(job.id)
            }
            let first = try await fixture.result(of: Jobs.self, #"{"id":"1","command":"jobs"}"#)
            #expect(first.jobs.map(\.id) == [ids[2], ids[1]] && first.nextCursor == ids[1])
            let rest = try await fixture.result(
                of: Jobs.self, #"{"id":"1","command":"jobs","params":{"cursor":"\#(ids[1])"}}"#)
            #expect(rest.jobs.map(\.id) == [ids[0]] && rest.nextCursor == nil)
        }
    }

    // MARK: watch

    @Test func anUnknownJobCannotBeWatched() async throws {
        try await AgentFixture.with(databases: ["main", "other"]) { fixture in
            let other = try await fixture.admit("other")
            for (id, key) in [("no-such-job", "all"), (other.id, "main")] {
                let error = try await fixture.error(
                    #"{"id":"1","command":"watch","params":{"job":"\#(id)"}}"#, key: key)
                #expect(error.code == .badParams && error.message == "there is no job '\(id)'; 'jobs' lists them")
            }
            // Without a job one database is followed; here the request has to name it.
            #expect(try await fixture.error(#"{"id":"1","command":"watch"}"#).code == .badParams)
        }
    }

    @Test func anEndedJobIsReportedAtOnce() async throws {
        try await AgentFixture.with { fixture in
            let job = try await fixture.admit()
            try await fixture.finish(job.id, result: #"{"x":1}"#)
            let (response, events) = try await fixture.exchange(
                #"{"id":"1","command":"watch","stream":true,"params":{"job":"\#(job.id)"}}"#)
            guard case .job(let entry) = try response.result(of: Watch.self) else {
                Issue.record("the result is a job")
                return
            }
            #expect(entry.state == .succeeded && entry.result == ["x": 1] && events.isEmpty)
        }
    }

    /// The events of a running job, then its end. A gap shows that earlier events are no longer kept.
    @Test(arguments: [(1, true), (2, false), (1001, false)])
    func aRunningJobIsFollowed(after sequence: Int, hasGap: Bool) async throws {
        try await AgentFixture.with { fixture in
            let job = try await fixture.admit()
            let published = try fixture.agent.jobs().events
            // One thousand are kept, from 3 on.
            for number in 1...1002 { published.publish(job.id, Progress(phase: .revisionStarted, index: number)) }
            let body =
                #"{"id":"9","command":"watch","stream":true,"params":{"job":"\#(job.id)","afterSequence":\#(sequence)}}"#
            let received = AgentFixture.Received()
            async let response = fixture.exchange(body, received: received).response
            try await eventually("the newest event has arrived") { try received.events.last?.sequence == 1002 }
            try await fixture.finish(job.id, result: "{}")
            guard case .job(let entry) = try await response.result(of: Watch.self) else {
                Issue.record("the result is a job")
                return
            }
            let events = try received.events
            #expect(entry.state == .succeeded && events.allSatisfy { $0.id == "9" && $0.job == job.id })
            #expect(events.compactMap(\.sequence) == Array(Int64(max(3, sequence + 1))...1002))
            #expect(events.map(\.event).filter { $0 == Event.Kind.gap }.count == (hasGap ? 1 : 0))
            #expect((events.first?.event == Event.Kind.gap) == hasGap)
        }
    }

    // MARK: migrate

    @Test func aMigrationWithoutWaiting() async throws {
        try await AgentFixture.with { fixture in
            let body = #"{"id":"1","command":"migrate","idempotencyKey":"k","params":{"wait":false,"to":["b"]}}"#
            let result = try await fixture.result(of: Migrate.self, body)
            let job = try #require(try await fixture.journal.job(result.job))
            #expect(result.state == .queued && result.from == nil && result.applied == [])
            #expect(job.principal == "all" && job.command == "migrate" && job.params == #"{"to":["b"]}"#)
            // The same key again: the same job, as it is now.
            try await fixture.journal.start(job.id, at: 3_000_000)
            #expect(try await fixture.result(of: Migrate.self, body).state == .running)
            try await fixture.finish(job.id, error: Self.failure)
            let error = try await fixture.error(body)
            #expect(error.code == .migrationFailed && error.details?["revision"] == "b")
        }
    }

    /// The response of a job whose end is not in the journal must not claim a result.
    @Test func anEndThatCouldNotBeRecorded() async throws {
        try await AgentFixture.with { fixture in
            async let failed = fixture.error(#"{"id":"1","command":"migrate"}"#)
            try await eventually("the job is recorded") { try await !fixture.journal.unfinished().isEmpty }
            for job in try await fixture.journal.unfinished() { try fixture.agent.jobs().events.close(job.id) }
            let error = try await failed
            #expect(error.code == .degraded && error.message.contains("its end could not be recorded"))
        }
    }

    @Test func aTokenIsForOneMutation() async throws {
        try await AgentFixture.with { fixture in
            let frame = fixture.frame(#"{"id":"1","command":"migrate","params":{"wait":false}}"#)
            var codes: [ErrorCode?] = []
            for _ in 1...2 {
                guard case .task(let task) = fixture.dispatcher.begin(frame, peer: AgentFixture.peer, socket: .admin)
                else {
                    Issue.record("a mutation is a task")
                    return
                }
                let response = try AgentFixture.response(await task.run { _ in })
                if case .failure(let error) = response.outcome { codes.append(error.code) } else { codes.append(nil) }
            }
            #expect(codes == [nil, .replayed])
            #expect(try await fixture.journal.unfinished().count == 1)
        }
    }
}
