/// The Python package that runs inside a project's interpreter. It is sent over the pipe and never a file there.
enum RunnerSource {
    /// Each after those that it imports.
    private static let modules: [(name: String, source: [UInt8])] = [
        ("agent", PackageResources.agent_py), ("errors", PackageResources.errors_py),
        ("application", PackageResources.application_py),
        ("sources", PackageResources.sources_py), ("connections", PackageResources.connections_py),
        ("run", PackageResources.run_py), ("session", PackageResources.session_py),
        ("hidden", PackageResources.hidden_py),
        ("describe", PackageResources.describe_py), ("migrate", PackageResources.migrate_py),
        ("replay", PackageResources.replay_py), ("create", PackageResources.create_py),
        ("load", PackageResources.load_py), ("main", PackageResources.main_py),
    ]

    /// Argument of the interpreter, the same for every run: it carries nothing of the project. The first statement
    /// keeps the working directory off the module path before anything is imported, as it is for the `alembic` command.
    /// Then come the modules, each with a line of its name and length before it, and an empty line at the end.
    static let bootstrap = """
        import sys; sys.path[:] = [p for p in sys.path if p]
        from types import ModuleType
        package = sys.modules["schemad_runner"] = ModuleType("schemad_runner"); package.__path__ = []
        for line in iter(sys.stdin.buffer.readline, b"\\n"):
            name, size = line.decode().split()
            module = sys.modules["schemad_runner." + name] = ModuleType("schemad_runner." + name)
            exec(compile(sys.stdin.buffer.read(int(size)), "<schemad " + name + ">", "exec"), module.__dict__)
        module.main()
        """

    /// What the bootstrap reads.
    static let bytes: [UInt8] =
        modules.reduce(into: []) { $0 += Array("\($1.name) \($1.source.count)\n".utf8) + $1.source } + Array("\n".utf8)
}
