import Inspection
import KeyFiles
import Tokens
import Wire

extension AgentSettings {
    /// Reads the files and parses the URLs that the settings name, as a start would.
    ///
    /// - Returns: the names of the databases.
    /// - Throws: ``AgentError`` naming the file or setting that cannot be used.
    public func checkFiles() throws(AgentError) -> [String] {
        _ = try readKeys()
        return try makeDatabases().map(\.name)
    }

    /// The clients' keys.
    func readKeys() throws(AgentError) -> KeyRing {
        do {
            return try KeyFile.read(keyFile, scopes: Set(Scope.allCases.map(\.rawValue)))
        } catch {
            throw AgentError(exitStatus: 78, "\(keyFile): \(error)")
        }
    }

    func makeDatabases() throws(AgentError) -> [ManagedDatabase] {
        let shadow = ShadowServer(shadow)
        let projects = SharedProjects()
        do throws(InspectionError) {
            return try databases.map { database throws(InspectionError) in
                try ManagedDatabase(database, stateDirectory: stateDirectory, shadow: shadow, projects: projects)
            }
        } catch {
            throw AgentError(exitStatus: 78, error.message)
        }
    }
}
