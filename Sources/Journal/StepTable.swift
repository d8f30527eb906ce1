import GRDB

/// The statements on the table `steps`.
enum StepTable {
    static func append(_ step: JobStep, to job: String, in db: Database) throws {
        try db.execute(
            sql: "INSERT INTO steps (job, at, step, revision, xid, script_hash) VALUES (?, ?, ?, ?, ?, ?)",
            arguments: [job, step.at, step.kind.rawValue, step.revision, step.transaction, step.scriptHash])
    }

    /// The steps of a job, in the order in which they were appended.
    static func steps(of job: String, in db: Database) throws -> [JobStep] {
        try Row.fetchAll(db, sql: "SELECT * FROM steps WHERE job = ? ORDER BY id", arguments: [job]).map { row in
            let text: String = row["step"]
            guard let kind = JobStep.Kind(rawValue: text) else {
                throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "unknown step \(text)")
            }
            return JobStep(
                kind, at: row["at"], revision: row["revision"], transaction: row["xid"], scriptHash: row["script_hash"])
        }
    }
}
