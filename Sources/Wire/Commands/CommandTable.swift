/// All commands of this version. Other names are refused with `unknownCommand` before any access check.
public enum CommandTable {
    public static let all: [any Command.Type] = [
        Status.self, Diagnose.self, Verify.self, Graph.self, Plan.self, FixVersion.self, Align.self, Migrate.self,
        Jobs.self, Watch.self,
    ]

    private static let byName = Dictionary(uniqueKeysWithValues: all.map { (Array($0.name.utf8), $0) })

    /// - Throws: `unknownCommand`.
    public static func command(named name: String) throws(WireError) -> any Command.Type {
        guard let command = byName[Array(name.utf8)] else {
            let known = all.map { $0.name }.joined(separator: ", ")
            throw WireError(.unknownCommand, "there is no such command; the commands are \(known)")
        }
        return command
    }
}
