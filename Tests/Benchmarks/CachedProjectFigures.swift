import Alembic
import Digests
import Revisions
import Support

/// The time of what the agent does at each request with a project that it has already read.
enum CachedProjectFigures {
    private static let rounds = 51

    /// - Parameters:
    ///   - small: a project of 1,000 scripts.
    ///   - large: one of 10,000.
    static func measure(small: ScriptProject, large: ScriptProject) throws -> [Figure] {
        [
            .duration(
                "classify rows, find pending, 10,000 revisions", try classification(large), atMost: .milliseconds(10)),
            .duration("reread after a change of 1 of 1,000 scripts", try rereading(small), atMost: .milliseconds(5)),
        ]
    }

    private static func classification(_ project: ScriptProject) throws -> Duration {
        var scripts = ScriptReader(hash: SHA256.hash)
        let graph = scripts.read(try project.configuration()).graph
        let rows = [graph.order[graph.order.count / 2]]
        return try timed {
            let classified = RowClassification(rows: rows, graph: graph)
            let pending = graph.pending(from: classified.known, to: graph.effectiveHeads)
            guard classified.isLegitimate, pending.count > graph.order.count / 3 else {
                throw SupportError("The rows of the benchmark were classified wrongly.")
            }
        }
    }

    private static func rereading(_ project: ScriptProject) throws -> Duration {
        var scripts = ScriptReader(hash: SHA256.hash)
        let configuration = try project.configuration()
        let first = scripts.read(configuration)
        guard first.graph.isUsable else { throw SupportError("The project of the benchmark cannot be read.") }
        var number = 0
        return try timed {
            // A file that has just been written is opened again until its times are old enough.
            while scripts.read(configuration).opened > 0 {}
            number += 1
            try project.touch(number)
        } body: {
            guard scripts.read(configuration).opened == 1 else {
                throw SupportError("The benchmark did not open exactly one script.")
            }
        }
    }

    /// The median time of the body, without `prepare`.
    private static func timed(_ prepare: () throws -> Void = {}, body: () throws -> Void) throws -> Duration {
        var times: [Duration] = []
        for _ in 0..<rounds {
            try prepare()
            let begin = ContinuousClock.now
            try body()
            times.append(.now - begin)
        }
        return median(times)
    }
}
