import Alembic
import Inspection
import Jobs
import Logging
import Testing
import Tokens
import Wire

@testable import Agent

/// Errors of other modules as clients see them.
@Suite struct WireErrorTranslationTests {
    @Test func jobs() {
        var error = JobsError(.conflict, "locked", details: [.init("pid", .integer(7))])
        #expect(WireError(error).retryable && WireError(error).details?["pid"] == 7)
        error.isRetryable = false
        #expect(!WireError(error).retryable)
        #expect(WireError(JobsError(.precondition, "x")).details == nil)
    }

    @Test func projects() {
        let error = WireError(AlembicError(.projectMissing, "there is no alembic.ini", file: "alembic.ini"))
        #expect(error.code == .projectInvalid)
        #expect(error.details?["code"] == "project.missing" && error.details?["file"] == "alembic.ini")
        #expect(error.details?["line"] == .null)
    }

    @Test func tokens() {
        #expect(WireError(TokensError.unauthenticated, now: 5).code == .unauthenticated)
        let expired = WireError(TokensError.tokenExpired, now: 5)
        #expect(expired.code == .tokenExpired && expired.details?["time"] == 5)
    }

    @Test func internalErrorsAreHidden() {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let hidden = WireError(.internal, "a secret detail").concealed(logger)
        #expect(!hidden.message.contains("secret") && hidden.details?["incident"]?.stringValue?.count == 8)
        #expect(hidden.concealed(logger) == hidden, "an incident is logged once")
        let open = WireError(.precondition, "rows")
        #expect(open.concealed(logger) == open)
    }
}

@Suite struct ConnectionCounterTests {
    @Test func limits() {
        var limits = AgentSettings.Limits()
        limits.connections = 3
        limits.connectionsPerUser = 2
        let counter = ConnectionCounter()
        #expect(counter.enter(1, limits) && counter.enter(1, limits))
        #expect(!counter.enter(1, limits), "the user has two")
        #expect(counter.enter(2, limits))
        #expect(!counter.enter(3, limits), "there are three in total")
        counter.leave(1)
        #expect(counter.count == 2)
        #expect(counter.enter(3, limits))
    }
}
