import Glibc
import Runtime
import Testing

@Suite(.timeLimit(.minutes(1))) struct QueueExecutorTests {
    actor Counter {
        private let executor = QueueExecutor(label: "test")
        private(set) var value = 0
        private var isBusy = false

        nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

        func add() -> Bool {
            defer { isBusy = false }
            let wasBusy = isBusy
            isBusy = true
            value += 1
            return !wasBusy
        }

        func block(until gate: Gate) { gate.wait() }

        nonisolated func isIsolated() { assumeIsolated { $0.check() } }

        func checkFromInside() { isIsolated() }

        private func check() {}
    }

    /// A pipe; waiting on it blocks the thread.
    struct Gate: Sendable {
        private let ends: [Int32]

        init() {
            var ends: [Int32] = [0, 0]
            pipe(&ends)
            self.ends = ends
        }

        func wait() {
            var byte: UInt8 = 0
            _ = read(ends[0], &byte, 1)
        }

        func open() {
            var byte: UInt8 = 0
            _ = write(ends[1], &byte, 1)
            ends.forEach { if $0 == ends[1] { close($0) } }
        }
    }

    @Test func jobsRunOneAfterAnother() async {
        let counter = Counter()
        let alone = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<500 { group.addTask { await counter.add() } }
            return await group.reduce(true) { $0 && $1 }
        }
        #expect(alone)
        #expect(await counter.value == 500)
    }

    @Test func isolationCanBeChecked() async { await Counter().checkFromInside() }

    /// More blocked actors than the shared pool has threads: other tasks still run.
    @Test func aBlockedActorHoldsNothingElse() async {
        let gates = (0..<2 * max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))).map { _ in Gate() }
        await withTaskGroup(of: Void.self) { group in
            for gate in gates {
                let counter = Counter()
                group.addTask { await counter.block(until: gate) }
            }
            let other = Counter()
            #expect(await other.add())
            for gate in gates { gate.open() }
            await group.waitForAll()
        }
    }
}
