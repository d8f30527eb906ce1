/// All commands of this version. Other names are refused with `unknownCommand` before any access check.
public enum CommandTable {
    public static let all: [any Command.Type] = [
        Status.self, Diagnose.self, Verify.self, Graph.self, Plan.self, FixVersion.self, Align.self, Migrate.self,
        Cancel.self, Jobs.self, Watch.self,
    ]
}
