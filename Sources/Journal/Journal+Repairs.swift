extension Journal {
    /// The repair with this id; nil when there is none.
    public func repair(_ id: String) throws(JournalError) -> Repair? {
        try read { db in try RepairTable.repair(id, in: db) }
    }

    /// The newest repair of a database that was not undone, which is the only one that can be undone; nil when there is
    /// none.
    public func latestRepair(database: String) throws(JournalError) -> Repair? {
        try read { db in try RepairTable.latest(database: database, in: db) }
    }
}
