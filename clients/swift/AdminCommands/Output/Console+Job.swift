import Wire

extension Console {
    /// Prints a job and how it ended.
    func job(_ job: JobEntry) {
        let state = styled(job.state.rawValue, job.state == .succeeded ? .green : .red, .bold)
        line("\(plain(job.id)): \(state)")
        var facts = [("command", plain(job.command))]
        if let database = job.database { facts.append(("database", plain(database))) }
        if let applied = job.result?["applied"]?.arrayValue {
            facts.append(("applied", list(applied.compactMap(\.stringValue))))
        }
        if let error = job.error { facts.append((error.code.rawValue, prose(error.message, indent: 0))) }
        if let ended = job.endedAt { facts.append(("ended", plain(ended))) }
        self.facts(facts)
    }
}
