import Diagnosis
import Inspection
import Logging
import ServiceLifecycle
import Wire

/// The background work of one database: a first diagnosis, so that reads are served from memory and the log says what is
/// wrong. Returns after a graceful shutdown.
struct DatabaseService: Service {
    let database: ServedDatabase
    let agent: AgentState

    func run() async throws {
        await cancelWhenGracefulShutdown { await diagnoseFirst() }
        try? await gracefulShutdown()
        await database.inspected.endBackgroundWork()
    }

    /// Diagnoses until the database responds, less and less often.
    private func diagnoseFirst() async {
        var pause = Duration.seconds(1)
        var wasUnreachable = false
        while !Task.isCancelled {
            let diagnosis = await database.inspected.diagnose(maximumAge: .milliseconds(500))
            if diagnosis.isReachable {
                if wasUnreachable { agent.logger.notice("database \(database.name) is reachable again") }
                return report(diagnosis)
            }
            if !wasUnreachable { report(diagnosis) }
            wasUnreachable = true
            // Nothing announces that a server is back: poll, at least every half minute.
            try? await Task.sleep(for: pause)
            pause = min(pause * 2, .seconds(30))
        }
    }

    private func report(_ diagnosis: DatabaseDiagnosis) {
        let errors = diagnosis.assessment.findings.filter { $0.severity == .error }
        agent.logger.log(
            level: errors.isEmpty ? .info : .warning,
            "database \(database.name): \(diagnosis.assessment.verdict.rawValue)",
            metadata: errors.isEmpty ? nil : ["findings": "\(Self.oneLine(errors.map(\.message)))"])
    }

    /// An entry of a log is a line, and a server's message may have several.
    private static func oneLine(_ messages: [String]) -> String {
        messages.flatMap { $0.split(whereSeparator: \.isNewline) }.joined(separator: " ")
    }
}
