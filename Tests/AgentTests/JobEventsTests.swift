import Testing
import Wire

@testable import Agent

/// The progress of jobs while they live.
@Suite struct JobEventsTests {
    private static func collect(_ stream: AsyncStream<JobEvents.Entry>?) async throws -> [Int64] {
        var sequences: [Int64] = []
        for await entry in try #require(stream) { sequences.append(entry.sequence) }
        return sequences
    }

    @Test func whoComesLateSeesEverything() async throws {
        let events = JobEvents()
        events.open("job")
        for _ in 1...3 { events.publish("job", .null) }
        let (all, some) = (events.watch("job", after: 0), events.watch("job", after: 2))
        events.publish("job", .null)
        events.close("job")
        #expect(try await Self.collect(all) == [1, 2, 3, 4])
        #expect(try await Self.collect(some) == [3, 4])
    }

    @Test func aJobThatIsOverCannotBeWatched() {
        let events = JobEvents()
        #expect(events.watch("job", after: 0) == nil)
        events.open("job")
        #expect(events.watch("job", after: 0) != nil)
        events.close("job")
        #expect(events.watch("job", after: 0) == nil)
        events.publish("job", .null)
        #expect(events.watch("job", after: 0) == nil)
    }

    @Test func jobsDoNotMix() async throws {
        let events = JobEvents()
        events.open("one")
        events.open("two")
        let one = events.watch("one", after: 0)
        events.publish("two", .null)
        events.publish("one", ["x": 1])
        // Opening again must not lose what there is.
        events.open("one")
        events.close("one")
        events.close("two")
        #expect(try await Self.collect(one) == [1])
    }

    /// Of a very long run the last events are kept; the hole shows in the sequence.
    @Test func onlySoManyAreKept() async throws {
        let events = JobEvents()
        events.open("job")
        for _ in 1...1500 { events.publish("job", .null) }
        let late = events.watch("job", after: 0)
        events.close("job")
        let sequences = try await Self.collect(late)
        #expect(sequences.last == 1500)
        #expect(sequences.count == 1000)
    }
}
