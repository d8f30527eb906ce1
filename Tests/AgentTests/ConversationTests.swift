import Testing
import Wire

@testable import Agent

/// The order of answers on one connection, without a socket.
@Suite struct ConversationTests {
    private static func request(_ text: String = "{}") throws -> [UInt8] {
        try Frame(.request, body: Array(text.utf8)).encoded()
    }

    /// Feeds whole requests and takes them out again; gives their numbers.
    private static func take(_ count: Int, _ conversation: inout Conversation) throws -> [UInt64] {
        for _ in 0..<count { conversation.receive(try request()) }
        var numbers: [UInt64] = []
        while case .request(let number, _) = conversation.next() { numbers.append(number) }
        return numbers
    }

    private static func answer(
        _ number: UInt64, anonymous: Bool = false, _ conversation: inout Conversation
    ) -> [UInt8] {
        conversation.answer(number, [UInt8(number)], isAnonymous: anonymous).flatMap(\.self)
    }

    @Test func answersLeaveAsTheyCome() throws {
        var conversation = Conversation(inFlight: 8)
        #expect(try Self.take(3, &conversation) == [1, 2, 3])
        #expect(Self.answer(2, &conversation) == [2])
        #expect(Self.answer(3, &conversation) == [3])
        #expect(!conversation.isIdle)
        #expect(Self.answer(1, &conversation) == [1])
        #expect(conversation.isIdle)
    }

    /// What carries no id can be told apart only by its place: after everything before it.
    @Test func anAnswerWithoutIdWaitsForEarlierOnes() throws {
        var conversation = Conversation(inFlight: 8)
        #expect(try Self.take(5, &conversation).count == 5)
        #expect(Self.answer(3, anonymous: true, &conversation) == [])
        #expect(Self.answer(4, anonymous: true, &conversation) == [])
        #expect(Self.answer(5, &conversation) == [5])
        #expect(Self.answer(2, &conversation) == [2])
        #expect(!conversation.isIdle)
        #expect(Self.answer(1, &conversation) == [1, 3, 4])
        #expect(conversation.isIdle)
    }

    @Test func anAnswerWithoutIdThatIsNextLeavesAtOnce() throws {
        var conversation = Conversation(inFlight: 8)
        #expect(try Self.take(2, &conversation).count == 2)
        #expect(Self.answer(1, anonymous: true, &conversation) == [1])
        #expect(Self.answer(2, anonymous: true, &conversation) == [2])
    }

    @Test func nothingIsAnsweredTwice() throws {
        var conversation = Conversation(inFlight: 8)
        #expect(try Self.take(1, &conversation).count == 1)
        #expect(Self.answer(1, &conversation) == [1])
        #expect(Self.answer(1, &conversation) == [])
        #expect(Self.answer(7, &conversation) == [])
    }

    @Test func eightInFlight() throws {
        var conversation = Conversation(inFlight: 8)
        #expect(try Self.take(10, &conversation) == [1, 2, 3, 4, 5, 6, 7, 8])
        #expect(!conversation.wantsBytes)
        #expect(Self.answer(5, &conversation) == [5])
        #expect(conversation.wantsBytes)
        #expect(try Self.take(0, &conversation) == [9])
        #expect(!conversation.wantsBytes)
        // An answer that is held back keeps its place.
        #expect(Self.answer(9, anonymous: true, &conversation) == [])
        #expect(!conversation.wantsBytes)
    }

    @Test func bytesThatAreNoProtocolEndTheConversation() throws {
        var conversation = Conversation(inFlight: 8)
        #expect(try Self.take(1, &conversation) == [1])
        conversation.receive(Array("GET / HTTP/1.1\r\n".utf8))
        guard case .refused(let number, let error) = conversation.next() else {
            Issue.record("the bytes were taken")
            return
        }
        #expect(number == 2)
        #expect(error.code == .badFrame)
        #expect(!conversation.wantsBytes && !conversation.isOver)
        #expect(Self.answer(2, anonymous: true, &conversation) == [])
        #expect(Self.answer(1, &conversation) == [1, 2])
        #expect(conversation.isOver)
        conversation.receive(try Self.request())
        #expect(try Self.take(0, &conversation).isEmpty)
    }

    @Test func aFrameThatHasBegun() throws {
        var conversation = Conversation(inFlight: 8)
        let bytes = try Self.request()
        #expect(!conversation.isInsideFrame)
        conversation.receive(Array(bytes.dropLast()))
        #expect(try Self.take(0, &conversation).isEmpty)
        #expect(conversation.isInsideFrame)
        #expect(conversation.frameNumber == 1)
        conversation.receive(Array(bytes.suffix(1)))
        #expect(try Self.take(0, &conversation) == [1])
        #expect(!conversation.isInsideFrame)
        #expect(conversation.frameNumber == 2)
    }
}
