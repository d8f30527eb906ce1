import Testing
import Wire

@testable import AdminCommands

/// The text of `verify` while the agent is still reading the project.
@Suite struct VerifyTextTests {
    @Test func nothingIsKnownYet() {
        let result = Verify.Result(
            verdict: .unreachable, mayStart: false, heads: [], rows: nil, ageMs: nil, reading: true)
        #expect(
            VerifyCommand.readingText(result, waited: .milliseconds(27_040))
                == "the agent is still reading the project (27.0 s); newest known state: none")
    }

    @Test func theNewestKnownStateIsShown() {
        let result = Verify.Result(
            verdict: .behind, mayStart: false, heads: ["b"], rows: ["a"], ageMs: 65_000, reading: true)
        #expect(
            VerifyCommand.readingText(result, waited: .milliseconds(4500))
                == "the agent is still reading the project (4.5 s); newest known state: behind, 1 min 5 s ago")
    }
}
