import Testing
import Wire

@testable import Jobs

/// The progress of unfinished jobs.
@Suite struct JobEventsTests {
    private static let progress = Progress(phase: .starting)

    private static func collect(_ stream: AsyncStream<JobEvents.Entry>?) async throws -> [Int64] {
        var sequences: [Int64] = []
        for await entry in try #require(stream) { sequences.append(entry.sequence) }
        return sequences
    }

    @Test func aLateWatcherGetsEarlierEvents() async throws {
        let events = JobEvents()
        events.open("job")
        for _ in 1...3 { events.publish("job", Self.progress) }
        let (all, some) = (events.watch("job", after: 0), events.watch("job", after: 2))
        events.publish("job", Self.progress)
        events.close("job")
        #expect(try await Self.collect(all) == [1, 2, 3, 4])
        #expect(try await Self.collect(some) == [3, 4])
    }

    @Test func anEndedJobCannotBeWatched() {
        let events = JobEvents()
        #expect(events.watch("job", after: 0) == nil)
        events.open("job")
        #expect(events.watch("job", after: 0) != nil)
        events.close("job")
        #expect(events.watch("job", after: 0) == nil)
        events.publish("job", Self.progress)
        #expect(events.watch("job", after: 0) == nil)
    }

    @Test func eventsBelongToOneJob() async throws {
        let events = JobEvents()
        events.open("one")
        events.open("two")
        let one = events.watch("one", after: 0)
        events.publish("two", Self.progress)
        events.publish("one", Self.progress)
        // Opening again must not drop events.
        events.open("one")
        events.close("one")
        events.close("two")
        #expect(try await Self.collect(one) == [1])
    }

    /// Only the last events of a long run are kept; the gap shows in the sequence.
    @Test func theNumberOfEventsIsLimited() async throws {
        let events = JobEvents()
        events.open("job")
        for _ in 1...1500 { events.publish("job", Self.progress) }
        let late = events.watch("job", after: 0)
        events.close("job")
        let sequences = try await Self.collect(late)
        #expect(sequences.last == 1500)
        #expect(sequences.count == 1000)
    }

    /// A sequence number of an earlier agent means nothing here: the watcher gets everything.
    @Test func aSequenceFromBeforeARestart() async throws {
        let events = JobEvents()
        events.open("job")
        for _ in 1...2 { events.publish("job", Self.progress) }
        let (ahead, current) = (events.watch("job", after: 900), events.watch("job", after: 2))
        events.publish("job", Self.progress)
        events.close("job")
        #expect(try await Self.collect(ahead) == [1, 2, 3])
        #expect(try await Self.collect(current) == [3])
    }

    /// Watchers come and go; each of those that stay gets every event.
    @Test func aWatcherThatLeavesDisturbsNobody() async throws {
        let events = JobEvents()
        events.open("job")
        let leaving = try #require(events.watch("job", after: 0))
        let staying = events.watch("job", after: 0)
        let left = Task { for await _ in leaving { return } }
        events.publish("job", Self.progress)
        await left.value
        events.publish("job", Self.progress)
        events.close("job")
        #expect(try await Self.collect(staying) == [1, 2])
    }

    @Test func nothingIsKeptOfAClosedJob() async throws {
        let events = JobEvents()
        events.close("never opened")
        events.open("job")
        events.publish("job", Self.progress)
        events.close("job")
        events.publish("job", Self.progress)
        // A job of the same id begins anew.
        events.open("job")
        let watcher = events.watch("job", after: 0)
        events.publish("job", Progress(phase: .verifying))
        events.close("job")
        var phases: [Progress.Phase] = []
        for await entry in try #require(watcher) { phases.append(entry.progress.phase) }
        #expect(phases == [.verifying])
    }
}
