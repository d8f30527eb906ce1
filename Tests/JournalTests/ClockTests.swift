import Testing

@testable import Journal

/// No token is accepted twice, whatever the clock does.
struct ClockTests {
    /// An agent by the rules of the protocol: a token is minted for a minute by the agent's clock, and verified by it.
    private struct Agent {
        let directory: TemporaryDirectory
        let limits = Journal.Limits(nonces: 40, queuedJobs: 10_000)
        var journal: Journal
        var now: Int64
        private var count = 0

        init() throws {
            directory = try TemporaryDirectory()
            journal = try Journal(directory: directory.path, now: present, limits: limits)
            now = present
        }

        mutating func mint() -> NonceClaim {
            count += 1
            return .minted("n\(count)", at: now)
        }

        /// Nil when the token is refused because of its time, before the journal is asked.
        func use(_ token: NonceClaim) async throws -> Admission? {
            guard token.issuedAt <= now / 1000 + 5, now / 1000 <= token.expiresAt else { return nil }
            return try await journal.admit(.migrate(), claim: token, at: now)
        }

        mutating func restart() async throws {
            try await journal.close()
            journal = try Journal(directory: directory.path, now: now, limits: limits)
        }
    }

    @Test(arguments: 1...12 as ClosedRange<UInt64>) func anySequenceOfSteps(seed: UInt64) async throws {
        var random = Sequence(state: seed)
        var agent = try Agent()
        var tokens: [NonceClaim] = []
        var accepted: Set<NonceClaim> = []
        var times = [present]
        for _ in 0..<150 {
            switch Int.random(in: 0..<10, using: &random) {
            case 0: agent.now += Int64.random(in: 1...400_000, using: &random)
            case 1: agent.now -= Int64.random(in: 1...400_000, using: &random)
            case 2: agent.now += Int64.random(in: 1...400, using: &random) * day
            // Back to a time that was before, where tokens of that time are valid again.
            case 3: agent.now = (times.randomElement(using: &random) ?? present) + Int64.random(in: 0...60_000)
            case 4: try await agent.restart()
            default: break
            }
            times.append(agent.now)
            tokens.append(agent.mint())
            // The new one, any other, and some of those that are valid now.
            let valid = tokens.filter { $0.issuedAt <= agent.now / 1000 + 5 && agent.now / 1000 <= $0.expiresAt }
            let tried = tokens.suffix(1) + [tokens.randomElement(using: &random) ?? agent.mint()]
            for token in tried + valid.shuffled(using: &random).prefix(6) {
                guard case .admitted? = try await agent.use(token) else { continue }
                #expect(accepted.insert(token).inserted, "\(token) was accepted twice")
            }
        }
        #expect(accepted.count > 5)
    }

    /// A step forward deletes the nonces of valid tokens; the step back does not bring the tokens back.
    @Test(arguments: [hour, 400 * day]) func aStepForwardAndBack(step: Int64) async throws {
        var agent = try Agent()
        let token = agent.mint()
        #expect(try await agent.use(token)?.admitted != nil)
        agent.now += step
        #expect(try await agent.use(agent.mint())?.admitted != nil)
        #expect(await agent.journal.nonceCount == 1)
        agent.now -= step
        #expect(try await agent.use(token) == .expiryDeleted)
        try await agent.restart()
        #expect(try await agent.use(token) == .expiryDeleted)
        // A token of a later second is known to be new.
        agent.now += 1000
        #expect(try await agent.use(agent.mint())?.admitted != nil)
    }

    /// Two steps forward delete the nonces of a far future. Tokens of the present are accepted nevertheless.
    @Test func aFutureThatWasOnceThePresent() async throws {
        var agent = try Agent()
        for step in [0, 500 * day, 1000 * day, 1500 * day] {
            agent.now = present + step
            #expect(try await agent.use(agent.mint())?.admitted != nil)
        }
        for minute in 1...30 {
            agent.now = present + Int64(minute) * 60_000
            #expect(try await agent.use(agent.mint())?.admitted != nil, "minute \(minute)")
        }
    }

    // MARK: Spans

    @Test func spansAreJoined() {
        #expect(TimeSpans.merged([]) == [])
        #expect(TimeSpans.merged([5...5, 1...2, 3...4, 9...9]) == [1...5, 9...9])
        #expect(TimeSpans.merged([1...10, 2...3, 11...12]) == [1...12])
    }

    @Test func theWidestGapsStay() {
        let near = (0..<100).map { Int64($0 * 3)...Int64($0 * 3) }
        let merged = TimeSpans.merged(near + [1_000_000...1_000_001, 5_000_000...5_000_000])
        #expect(merged.count == TimeSpans.limit)
        #expect(merged.suffix(2) == [1_000_000...1_000_001, 5_000_000...5_000_000])
        for span in near { #expect(merged.contains { $0.contains(span.lowerBound) }) }
        #expect(zip(merged, merged.dropFirst()).allSatisfy { $0.upperBound < $1.lowerBound })
    }
}

/// Reproducible random numbers (SplitMix64).
private struct Sequence: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
