import Testing
import Wire

@testable import Agent

/// The order of responses on one connection, without a socket.
@Suite struct ConnectionStateMachineTests {
    private static func request(_ text: String = "{}") throws -> [UInt8] {
        try Frame(.request, body: Array(text.utf8)).encoded()
    }

    /// Feeds complete requests and reads them back; returns their numbers.
    private static func take(_ count: Int, _ state: inout ConnectionStateMachine) throws -> [UInt64] {
        for _ in 0..<count { state.receive(try request()) }
        var numbers: [UInt64] = []
        while case .request(let number, _) = state.next() { numbers.append(number) }
        return numbers
    }

    private static func respond(
        _ number: UInt64, anonymous: Bool = false, _ state: inout ConnectionStateMachine
    ) -> [UInt8] {
        state.respond(to: number, [UInt8(number)], isAnonymous: anonymous).flatMap(\.self)
    }

    @Test func responsesAreWrittenAsTheyBecomeReady() throws {
        var state = ConnectionStateMachine(inFlight: 8)
        #expect(try Self.take(3, &state) == [1, 2, 3])
        #expect(Self.respond(2, &state) == [2])
        #expect(Self.respond(3, &state) == [3])
        #expect(!state.isIdle)
        #expect(Self.respond(1, &state) == [1])
        #expect(state.isIdle)
    }

    /// A response without id can be matched only by its position: after all earlier ones.
    @Test func aResponseWithoutIdWaitsForEarlierOnes() throws {
        var state = ConnectionStateMachine(inFlight: 8)
        #expect(try Self.take(5, &state).count == 5)
        #expect(Self.respond(3, anonymous: true, &state) == [])
        #expect(Self.respond(4, anonymous: true, &state) == [])
        #expect(Self.respond(5, &state) == [5])
        #expect(Self.respond(2, &state) == [2])
        #expect(!state.isIdle)
        #expect(Self.respond(1, &state) == [1, 3, 4])
        #expect(state.isIdle)
    }

    @Test func aResponseWithoutIdThatIsNextIsWrittenAtOnce() throws {
        var state = ConnectionStateMachine(inFlight: 8)
        #expect(try Self.take(2, &state).count == 2)
        #expect(Self.respond(1, anonymous: true, &state) == [1])
        #expect(Self.respond(2, anonymous: true, &state) == [2])
    }

    @Test func eachRequestHasOneResponse() throws {
        var state = ConnectionStateMachine(inFlight: 8)
        #expect(try Self.take(1, &state).count == 1)
        #expect(Self.respond(1, &state) == [1])
        #expect(Self.respond(1, &state) == [])
        #expect(Self.respond(7, &state) == [])
    }

    @Test func eightInFlight() throws {
        var state = ConnectionStateMachine(inFlight: 8)
        #expect(try Self.take(10, &state) == [1, 2, 3, 4, 5, 6, 7, 8])
        #expect(!state.wantsBytes)
        #expect(Self.respond(5, &state) == [5])
        #expect(state.wantsBytes)
        #expect(try Self.take(0, &state) == [9])
        #expect(!state.wantsBytes)
        // A response that is held back counts as in flight.
        #expect(Self.respond(9, anonymous: true, &state) == [])
        #expect(!state.wantsBytes)
    }

    @Test func invalidBytesEndTheConnection() throws {
        var state = ConnectionStateMachine(inFlight: 8)
        #expect(try Self.take(1, &state) == [1])
        state.receive(Array("GET / HTTP/1.1\r\n".utf8))
        guard case .refused(let number, let error) = state.next() else {
            Issue.record("the bytes were accepted")
            return
        }
        #expect(number == 2)
        #expect(error.code == .badFrame)
        #expect(!state.wantsBytes && !state.isOver)
        #expect(Self.respond(2, anonymous: true, &state) == [])
        #expect(Self.respond(1, &state) == [1, 2])
        #expect(state.isOver)
        state.receive(try Self.request())
        #expect(try Self.take(0, &state).isEmpty)
    }

    @Test func anIncompleteFrame() throws {
        var state = ConnectionStateMachine(inFlight: 8)
        let bytes = try Self.request()
        #expect(!state.isInsideFrame)
        state.receive(Array(bytes.dropLast()))
        #expect(try Self.take(0, &state).isEmpty)
        #expect(state.isInsideFrame)
        #expect(state.frameNumber == 1)
        state.receive(Array(bytes.suffix(1)))
        #expect(try Self.take(0, &state) == [1])
        #expect(!state.isInsideFrame)
        #expect(state.frameNumber == 2)
    }
}
