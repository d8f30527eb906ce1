import Digests
package import Schema

/// One database with its Alembic project, as the settings describe them.
package struct DatabaseSettings: Sendable {
    /// Which newer schemas an older image may start on.
    package enum VerifyPolicy: String, Sendable, CaseIterable { case additive, exact, any }
    /// What is compared only on request.
    package enum OptionalComparison: String, Sendable, CaseIterable { case comments, privileges }

    package var name: String
    /// The database's URL or keyword string; secret.
    package var url = ""
    /// The folder with `alembic.ini` or `pyproject.toml`; the working directory of every run.
    package var project: String
    /// The configuration file, relative to ``project``.
    package var config: String
    /// The section of the configuration file.
    package var section: String
    /// The project's interpreter; nil lets the runner look for one.
    package var python: String?
    /// Variables for env.py, each with any ``AddressPart`` in it; by default env.py finds the URL where most projects
    /// look for it. Secret.
    package var environment = ["DATABASE_URL": "${url}"]
    /// Options of Alembic's configuration for env.py, such as `sqlalchemy.url`, each with any ``AddressPart`` in it.
    /// Secret.
    package var options: [String: String] = [:]
    /// Alembic's `-x` arguments.
    package var x: [String] = []
    package var lockTimeout = Duration.seconds(3)
    /// How often a migration is tried again when a lock was not granted in time.
    package var lockRetries = 5
    /// Zero means none.
    package var statementTimeout = Duration.zero
    /// How long one migration may run.
    package var migrateDeadline = Duration.seconds(900)
    /// How long env.py may run when nothing is migrated.
    package var environmentDeadline = Duration.seconds(60)
    /// Transactions of other sessions that have been open for this long are reported.
    package var longTransaction = Duration.seconds(60)
    package var verify = VerifyPolicy.additive
    /// Where the application's data is read, for example on a standby; nil means ``url``. Secret.
    package var readURL: String?
    package var probes: [ProbeSettings] = []
    /// A file that `schemad snapshot` wrote: no shadow is started for this database.
    package var snapshot: String?
    /// What is compared in addition to what always is.
    package var compare: Set<OptionalComparison> = []
    /// Differences that are not reported.
    package var ignore: [IgnoreRule] = []
    /// A file of accepted differences, which `adminctl diagnose --write-baseline` wrote.
    package var baseline: String?

    package init(name: String, project: String, config: String, section: String, python: String?) {
        self.name = name
        self.project = project
        self.config = config
        self.section = section
        self.python = python
    }

    /// A digest of everything that decides how the project is run and compared, other than the database's address.
    var projectDigest: String {
        let variables = environment.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] }
        let set = options.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] }
        let parts =
            [project, config, section, python ?? "", snapshot ?? ""] + compare.map(\.rawValue).sorted() + ["x"] + x
            + ["environment"] + variables + ["options"] + set
        return SHA256.hash(Array(parts.joined(separator: "\0").utf8)).hexadecimal
    }

    /// Parses variables given as `NAME=VALUE` on a command line; the last value of a name counts.
    package static func variables(_ arguments: [String]) -> [String: String] {
        let pairs = arguments.map { variable in
            let parts = variable.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
        }
        return Dictionary(pairs, uniquingKeysWith: { $1 })
    }
}

/// Two queries of the application that must agree.
package struct ProbeSettings: Hashable, Sendable {
    package var name: String
    /// Returns one row with one integer.
    package var count: String
    /// Returns rows whenever the count is positive.
    package var rows: String

    package init(name: String, count: String, rows: String) {
        self.name = name
        self.count = count
        self.rows = rows
    }
}

/// The PostgreSQL in which the history is replayed and the models are created.
package struct ShadowSettings: Hashable, Sendable {
    package enum Server: Hashable, Sendable {
        /// None: the models are compared by their own metadata only.
        case none
        /// A throwaway cluster of the installed server programs, if there are any.
        case embedded
        /// A server on which databases may be created and dropped; secret.
        case url(String)
    }

    package var server = Server.embedded
    /// An SQL dump that every replay starts from, for histories that do not start empty.
    package var baseline: String?
    /// How long one replay, or the creation of the models, may take.
    package var replayDeadline = Duration.seconds(600)

    package init(server: Server = .embedded, baseline: String? = nil) {
        self.server = server
        self.baseline = baseline
    }
}
