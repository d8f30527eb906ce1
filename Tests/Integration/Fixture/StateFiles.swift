import FoundationEssentials

/// The files of an agent's state directory.
enum StateFiles {
    /// Whether any file of the state directory contains the text.
    static func contain(_ text: String, in agent: AgentFixture) throws -> Bool {
        let needle = Data(text.utf8)
        let names = try FileManager.default.contentsOfDirectory(atPath: agent.stateDirectory)
        return names.contains { name in
            FileManager.default.contents(atPath: agent.stateDirectory + "/" + name)?.firstRange(of: needle) != nil
        }
    }
}
