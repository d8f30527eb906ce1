/// The medians of both commands. They run alternately, so that a change of the machine's speed affects both.
func compare(
    _ ours: TimedCommand, _ theirs: TimedCommand, rounds: Int, callsPerRound: Int
) async throws -> (ours: Duration, theirs: Duration) {
    // The first runs are not measured: they fill the file cache and write Python's bytecode.
    try await ours.run()
    try await theirs.run()
    var our: [Duration] = []
    var their: [Duration] = []
    for _ in 0..<rounds {
        their.append(try await theirs.run())
        for _ in 0..<callsPerRound { our.append(try await ours.run()) }
    }
    return (median(our), median(their))
}

func median(_ durations: [Duration]) -> Duration {
    let sorted = durations.sorted()
    let middle = sorted.count / 2
    return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
}
