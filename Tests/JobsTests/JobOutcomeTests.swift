import Journal
import FoundationEssentials
import Logging
import Testing
import Wire

@testable import Jobs

/// How a job ended, as the journal stores it.
@Suite struct JobOutcomeTests {
    @Test(arguments: ErrorCode.allCases) func theStateFollowsFromTheCode(_ code: ErrorCode) {
        let outcome = JobOutcome.failed(JobsError(code, "x"))
        switch code {
        case .cancelled: #expect(outcome.state == .cancelled)
        case .outcomeUnknown: #expect(outcome.state == .unknown)
        default: #expect(outcome.state == .failed)
        }
        #expect(outcome.error?.code == code && outcome.result == nil)
        #expect(outcome.repair == nil && outcome.undone == nil)
    }

    @Test func aSuccessHasItsResult() throws {
        let outcome = try JobOutcome.succeeded(["b": "/srv", "a": "x"], undone: "earlier")
        #expect(outcome.state == .succeeded && outcome.error == nil && outcome.undone == "earlier")
        #expect(outcome.result == #"{"a":"x","b":"/srv"}"#)
    }

    @Test func valuesWithoutJSONAreInternal() {
        let error = #expect(throws: JobsError.self) { try JobOutcome.json(["x": Double.nan]) }
        #expect(error?.code == .internal && error?.message.contains("cannot be written as JSON") == true)
    }
}

/// Internal errors: clients get a number, the log has the details.
@Suite struct IncidentTests {
    @Test func theLogHasTheDetails() {
        let log = LogLines()
        let logger = Logger(label: "test") { _ in LogLines.Handler(lines: log) }
        for _ in 1...50 {
            let incident = Incident("a secret detail", logger)
            #expect(incident.id.wholeMatch(of: /[0-9a-f]{8}/) != nil)
            #expect(incident.message.hasSuffix("incident \(incident.id)") && !incident.message.contains("secret"))
            #expect(log.all.last == "incident \(incident.id): a secret detail")
        }
    }

    @Test func onlyInternalErrorsAreHidden() async throws {
        try await JobsFixture.with { fixture in
            let open = JobsError(.precondition, "the rows", details: [.init("rows", ["a"])])
            #expect(fixture.engine.concealed(open).message == "the rows")
            #expect(fixture.engine.concealed(open).details == open.details && fixture.log.all.isEmpty)
            let hidden = fixture.engine.concealed(JobsError(.internal, "a path", details: [.init("path", "/etc")]))
            #expect(hidden.code == .internal && hidden.details.map(\.name) == ["incident"])
            #expect(!hidden.message.contains("a path") && fixture.log.all.count == 1)
        }
    }
}
