import Inspection
import Revisions
import Wire

/// The revision graph with the database's rows; without them when the database cannot be read.
struct GraphCommand: CommandHandler {
    typealias Declaration = Graph

    func run(
        _ parameters: Graph.Parameters, _ call: Call, emit: @escaping @Sendable (Event) -> Void
    ) async throws(WireError) -> Graph.Result {
        let database = try call.requireDatabase()
        let graph: RevisionGraph
        do {
            graph = try await database.inspected.project(until: call.deadline).graph
        } catch {
            throw WireError(error)
        }
        let diagnosis = try await database.diagnose(maximumAge: .seconds(1), until: call.deadline)
        return try Graph.Result(graph, rows: diagnosis.rows).page(after: parameters.cursor)
    }
}
