import Testing
import Wire

@testable import Agent

/// Limits of what waits for clients that do not read.
@Suite struct UnreadResponseTests {
    @Test func oneConnection() {
        let counter = ConnectionCounter()
        #expect(counter.mayWait(Wire.Limits.responseBytes, behind: Wire.Limits.unreadBytes - Wire.Limits.responseBytes))
        #expect(!counter.mayWait(Wire.Limits.responseBytes, behind: Wire.Limits.unreadBytes))
        #expect(!counter.mayWait(1, behind: Wire.Limits.unreadBytes))
        // With the default of requests in flight, every response of a slow reader may wait.
        #expect(Wire.Limits.requestsInFlight * Wire.Limits.responseBytes <= Wire.Limits.unreadBytes)
    }

    @Test func allConnections() {
        let counter = ConnectionCounter()
        counter.countUnread(Wire.Limits.allUnreadBytes)
        #expect(!counter.mayWait(1, behind: 0))
        counter.countUnread(-1)
        #expect(counter.mayWait(1, behind: 0) && !counter.mayWait(2, behind: 0))
    }
}
