/// The line of configuration that the Python process reads after the runner's source.
struct RunnerConfiguration: Encodable {
    var mode: String
    var folder: String
    var config: String
    var section: String
    var x: [String]
    var environment: [String: String]
    /// Options of the main section of Alembic's configuration.
    var options: [String: String]
    /// The value of `sqlalchemy.url` for an env.py that takes the address from this option; nil where the options have
    /// one, or there is no address.
    var defaultURL: String?
    /// The environment variables that have the address.
    var addressVariables: [String]
    var fence: Int64
    var fenceWaitSeconds = 10.0
    /// Server parameters of every session; one that the server does not know is left out.
    var settings: [String: String] = [:]
    /// Real paths of the scripts to load.
    var scripts: [String] = []
    /// Names of packages to find, and folders that come first on the search path.
    var packages: [String] = []
    var prependSysPath: [String] = []
    /// Names of extensions to create.
    var extensions: [String] = []
    var targets: [String] = []
    /// Whether a replay commits after each revision and waits for the agent.
    var commitsEach = true
    /// Whether a replay ends at a statement that names another database.
    var staysInDatabase = false
    var expectedRows: [String] = []
    var expectedRevisions: [String] = []
    var versionTable: ProjectDescription.VersionTable?
    var sha256: [String: String] = [:]

    init(_ runner: Runner, mode: String, fence: Int64) {
        self.mode = mode
        self.fence = fence
        folder = runner.folder
        config = runner.config
        section = runner.section
        x = runner.x
        environment = runner.environment
        options = runner.options
        let isGiven = runner.options.keys.contains { $0.lowercased() == "sqlalchemy.url" }
        defaultURL = isGiven ? nil : runner.url?(ProjectConfiguration.urlDriver(of: runner))
        addressVariables = runner.addressVariables.union(["DATABASE_URL"]).sorted()
    }
}
