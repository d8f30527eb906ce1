/// The Python package that runs inside a project's interpreter. It is sent over the pipe and never written to a file.
enum RunnerSource {
    /// In the order of their imports.
    private static let modules: [(name: String, source: [UInt8])] = [
        ("agent", PackageResources.agent_py), ("errors", PackageResources.errors_py),
        ("application", PackageResources.application_py), ("options", PackageResources.options_py),
        ("versions", PackageResources.versions_py),
        ("sources", PackageResources.sources_py), ("connections", PackageResources.connections_py),
        ("nested", PackageResources.nested_py), ("run", PackageResources.run_py),
        ("session", PackageResources.session_py),
        ("hidden", PackageResources.hidden_py),
        ("describe", PackageResources.describe_py), ("migrate", PackageResources.migrate_py),
        ("replay", PackageResources.replay_py), ("create", PackageResources.create_py),
        ("load", PackageResources.load_py), ("locate", PackageResources.locate_py), ("main", PackageResources.main_py),
    ]

    /// The program that the interpreter gets as an argument. It is the same for every run and contains nothing of the
    /// project.
    ///
    /// Its first statement keeps the working directory off the module path before anything is imported, as the
    /// `alembic` command does. Then it reads the modules, each after a line with its name and length, and an empty line
    /// at the end. A Python that could not compile the modules says so itself.
    static let bootstrap = """
        import sys; sys.path[:] = [p for p in sys.path if p]
        if sys.version_info < (3, 9):
            print('\\n{"event": "error", "code": "project.versionTooOld", "message": "Python %d.%d is too old; 3.9 or later '
                  'is needed (interpreter %s)"}' % (sys.version_info[0], sys.version_info[1], sys.executable))
            sys.stdout.flush(); sys.stdin.buffer.read(); sys.exit()
        from types import ModuleType
        package = sys.modules["schemad_runner"] = ModuleType("schemad_runner"); package.__path__ = []
        for line in iter(sys.stdin.buffer.readline, b"\\n"):
            name, size = line.decode().split()
            module = sys.modules["schemad_runner." + name] = ModuleType("schemad_runner." + name)
            exec(compile(sys.stdin.buffer.read(int(size)), "<schemad " + name + ">", "exec"), module.__dict__)
        module.main()
        """

    /// The modules in the form that ``bootstrap`` reads.
    static let bytes: [UInt8] =
        modules.reduce(into: []) { $0 += Array("\($1.name) \($1.source.count)\n".utf8) + $1.source } + Array("\n".utf8)
}
