import Schema
import Support
import Synchronization
import Testing

@testable import Inspection

/// Expressions in PostgreSQL's wording are requested once and kept.
@Suite struct NormalizedExpressionCacheTests {
    private static let position = NormalizedExpressionCache.Position(project: "k", revisions: ["c"])

    private static func text(_ value: String) -> ExpressionText {
        ExpressionText(.columnDefault(table: TableName(schema: "public", name: "t"), column: "c"), value)
    }

    @Test func resultsAreKeptAcrossRestarts() async throws {
        try await TemporaryFolder.with { folder in
            let cache = NormalizedExpressionCache(path: folder.path("texts.json"))
            let known = Self.text("now()")
            let refused = Self.text("nonsense(")
            await cache.request([known, refused], at: Self.position) { texts in
                #expect(Set(texts) == [known, refused])
                return [known: "now()"]
            }
            try await eventually("the expressions are normalized") {
                await cache.known(at: Self.position).attempted.count == 2
            }
            let next = NormalizedExpressionCache(path: folder.path("texts.json"))
            let expressions = await next.known(at: Self.position)
            #expect(expressions.texts == [known: "now()"] && expressions.attempted == [known, refused])
            #expect(!expressions.isComing(for: [known, refused]) && expressions.isComing(for: [Self.text("other")]))
            let elsewhere = NormalizedExpressionCache.Position(project: "k", revisions: ["b"])
            #expect(await next.known(at: elsewhere).attempted.isEmpty, "another schema may print them differently")
        }
    }

    @Test func aFailureEndsTheAttempts() async throws {
        try await TemporaryFolder.with { folder in
            let cache = NormalizedExpressionCache(path: folder.path("texts.json"))
            await cache.request([Self.text("now()")], at: Self.position) { _ in
                throw InspectionError(.shadowFailed, "no disk")
            }
            try await eventually("the failure is known") { await !cache.known(at: Self.position).canGrow }
        }
    }

    private static let otherPosition = NormalizedExpressionCache.Position(project: "k", revisions: ["b"])

    /// Requests expressions, each of which is printed in upper case, until they are known.
    private static func normalize(
        _ texts: [String], _ cache: NormalizedExpressionCache, at position: NormalizedExpressionCache.Position
    ) async throws {
        let expressions = texts.map(text)
        await cache.request(expressions, at: position) { pending in
            Dictionary(uniqueKeysWithValues: pending.map { ($0, $0.text.uppercased()) })
        }
        try await eventually("the expressions are normalized") {
            await cache.known(at: position).attempted.isSuperset(of: expressions)
        }
    }

    @Test func onlyNewExpressionsAreNormalized() async throws {
        try await TemporaryFolder.with { folder in
            let cache = NormalizedExpressionCache(path: folder.path("texts.json"))
            try await Self.normalize(["a"], cache, at: Self.position)
            let requested = Mutex<[[String]]>([])
            let normalize: @Sendable ([ExpressionText]) async throws -> [ExpressionText: String] = { texts in
                requested.withLock { $0.append(texts.map(\.text)) }
                return [:]
            }
            await cache.request([Self.text("a")], at: Self.position, normalize)
            await cache.request([], at: Self.position, normalize)
            await cache.request([Self.text("a"), Self.text("b")], at: Self.position, normalize)
            try await eventually("b was tried") { await cache.known(at: Self.position).attempted.count == 2 }
            #expect(requested.withLock(\.self) == [["b"]])
            let known = await cache.known(at: Self.position)
            #expect(known.texts == [Self.text("a"): "A"], "the server did not accept b")
        }
    }

    /// Revisions that run, or a changed project, are another schema; the file holds one.
    @Test func anotherPositionReplacesTheResults() async throws {
        try await TemporaryFolder.with { folder in
            let cache = NormalizedExpressionCache(path: folder.path("texts.json"))
            try await Self.normalize(["a", "b"], cache, at: Self.position)
            try await Self.normalize(["c"], cache, at: Self.otherPosition)
            #expect(await cache.known(at: Self.otherPosition).texts == [Self.text("c"): "C"])
            #expect(await cache.known(at: Self.position).attempted.isEmpty)
            let next = NormalizedExpressionCache(path: folder.path("texts.json"))
            #expect(await next.known(at: Self.otherPosition).texts == [Self.text("c"): "C"])
            #expect(await next.known(at: Self.position).attempted.isEmpty)
        }
    }

    @Test func aRequestDuringARunDoesNotStartAnother() async throws {
        try await TemporaryFolder.with { folder in
            let cache = NormalizedExpressionCache(path: folder.path("texts.json"))
            let gate = AsyncStream.makeStream(of: Void.self)
            await cache.request([Self.text("a")], at: Self.position) { _ in
                for await _ in gate.stream {}
                return [:]
            }
            let others = Mutex(0)
            await cache.request([Self.text("b")], at: Self.position) { _ in
                others.withLock { $0 += 1 }
                return [:]
            }
            gate.continuation.finish()
            try await eventually("a was tried") { await !cache.known(at: Self.position).attempted.isEmpty }
            let known = await cache.known(at: Self.position)
            #expect(others.withLock { $0 } == 0)
            #expect(known.attempted == [Self.text("a")])
            #expect(known.isComing(for: [Self.text("b")]), "the next diagnosis requests it again")
        }
    }

    @Test func anotherPositionCancelsARun() async throws {
        try await TemporaryFolder.with { folder in
            let cache = NormalizedExpressionCache(path: folder.path("texts.json"))
            let wasCancelled = Mutex(false)
            let gate = AsyncStream.makeStream(of: Void.self)
            await cache.request([Self.text("a")], at: Self.position) { _ in
                for await _ in gate.stream {}
                wasCancelled.withLock { $0 = Task.isCancelled }
                return [Self.text("a"): "late"]
            }
            try await Self.normalize(["c"], cache, at: Self.otherPosition)
            try await eventually("the older run has ended") { wasCancelled.withLock(\.self) }
            #expect(await cache.known(at: Self.position).attempted.isEmpty)
            #expect(await cache.known(at: Self.otherPosition).texts == [Self.text("c"): "C"])
            gate.continuation.finish()
        }
    }

    @Test func cancelEndsARun() async throws {
        try await TemporaryFolder.with { folder in
            let cache = NormalizedExpressionCache(path: folder.path("texts.json"))
            let hasEnded = Mutex(false)
            let gate = AsyncStream.makeStream(of: Void.self)
            await cache.request([Self.text("a")], at: Self.position) { _ in
                for await _ in gate.stream {}
                hasEnded.withLock { $0 = true }
                throw CancellationError()
            }
            await cache.cancel()
            #expect(hasEnded.withLock { $0 }, "cancel waits for the end")
            #expect(await cache.known(at: Self.position).attempted.isEmpty)
            gate.continuation.finish()
        }
    }

    /// A failure, such as a history that cannot be replayed to these rows, says nothing about other rows.
    @Test func aFailureBelongsToItsPosition() async throws {
        try await TemporaryFolder.with { folder in
            let cache = NormalizedExpressionCache(path: folder.path("texts.json"))
            await cache.request([Self.text("a")], at: Self.position) { _ in
                throw InspectionError(.shadowFailed, "no disk")
            }
            try await eventually("the failure is known") { await !cache.known(at: Self.position).canGrow }
            let attempts = Mutex(0)
            await cache.request([Self.text("a")], at: Self.position) { _ in
                attempts.withLock { $0 += 1 }
                return [:]
            }
            #expect(await cache.known(at: Self.otherPosition).canGrow)
            try await Self.normalize(["a"], cache, at: Self.otherPosition)
            #expect(attempts.withLock(\.self) == 0)
        }
    }

    @Test(arguments: ["", "{", "[]", #"{"position": 1, "entries": []}"#])
    func aDamagedFileIsReplaced(text: String) async throws {
        try await TemporaryFolder.with { folder in
            let path = try folder.write("texts.json", text)
            let cache = NormalizedExpressionCache(path: path)
            #expect(await cache.known(at: Self.position).attempted.isEmpty)
            try await Self.normalize(["a"], cache, at: Self.position)
            let next = NormalizedExpressionCache(path: path)
            #expect(await next.known(at: Self.position).texts == [Self.text("a"): "A"])
        }
    }

    @Test(
        arguments: [(true, [], false), (true, ["a"], false), (true, ["a", "b"], true), (false, ["b"], false)]
            as [(
                Bool, [String], Bool
            )])
    func whatIsComing(canGrow: Bool, requested: [String], isComing: Bool) {
        var expressions = NormalizedExpressionCache.Expressions()
        expressions.attempted = [Self.text("a")]
        expressions.canGrow = canGrow
        #expect(expressions.isComing(for: requested.map(Self.text)) == isComing)
    }
}
