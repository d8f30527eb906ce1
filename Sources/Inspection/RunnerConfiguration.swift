package import Alembic
package import Postgres

extension DatabaseSettings {
    /// Runs the project's Python, with the parts of an address in the variables and options that name them.
    package func runner(for address: DatabaseAddress) -> Runner {
        var runner = Runner(
            python: PythonInterpreter.path(configured: python, folder: project), folder: project, config: config,
            section: section, x: x, environment: environment.mapValues { Self.expand($0, address) })
        runner.options = options.mapValues { Self.expand($0, address) }
        runner.url = { address.url(driver: $0) }
        runner.addressVariables = Set(environment.filter { Self.namesAddress($0.value) }.keys)
        runner.passwords = address.password.map { [$0] } ?? []
        return runner
    }

    /// How long a run of the project's Python may take when nothing is migrated.
    package var environmentLimit: TimeLimit { TimeLimit(environmentDeadline, setting: "environment_deadline") }

    /// Which parts of a catalog are read, live and in the shadow.
    package var catalogOptions: CatalogReader.Options {
        CatalogReader.Options(comments: compare.contains(.comments), privileges: compare.contains(.privileges))
    }

    /// Whether a value has the address or a part of it.
    private static func namesAddress(_ value: String) -> Bool {
        value.matches(of: /\$\$\{|\$\{(\w+)(?:\+\w+)?\}/)
            .contains { $0.1.map { AddressPart(rawValue: String($0)) != nil } ?? false }
    }

    private static func expand(_ value: String, _ address: DatabaseAddress) -> String {
        // `$${` is `${` itself.
        value.replacing(/\$\$\{|\$\{(\w+)(?:\+(\w+))?\}/) { match in
            guard let name = match.1 else { return "${" }
            return AddressPart(rawValue: String(name))?.text(of: address, driver: match.2.map(String.init))
                ?? String(match.0)
        }
    }
}

/// A part of a database's address that a variable or an option for env.py can name, as `${name}`.
package enum AddressPart: String, CaseIterable {
    /// Also as `${url+driver}`.
    case url
    case host, port, user, password, database

    fileprivate func text(of address: DatabaseAddress, driver: String?) -> String {
        switch self {
        case .url: address.url(driver: driver)
        case .host: address.hosts.joined(separator: ",")
        case .port: address.ports.isEmpty ? "5432" : address.ports.joined(separator: ",")
        case .user: address.user ?? ""
        case .password: address.password ?? ""
        case .database: address.database ?? ""
        }
    }
}
