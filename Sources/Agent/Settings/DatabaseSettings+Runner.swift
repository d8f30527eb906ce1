import Alembic
import Postgres

extension DatabaseSettings {
    /// Runs the project's Python, with a database's URL where the settings ask for it.
    func runner(for address: DatabaseAddress) -> Runner {
        var variables: [String: String] = [:]
        for (key, value) in environment { variables[key] = Self.expand(value, address) }
        return Runner(
            python: Runner.interpreter(configured: python, folder: project), folder: project, config: config,
            section: section, x: x, environment: variables)
    }

    /// What of a catalog is read, live and in the shadow.
    var catalogOptions: CatalogReader.Options {
        CatalogReader.Options(comments: compare.contains(.comments), privileges: compare.contains(.privileges))
    }

    /// The database's URL and its parts in the place of their names.
    private static func expand(_ value: String, _ address: DatabaseAddress) -> String {
        value.replacing(/\$\{(\w+)(?:\+(\w+))?\}/) { match in
            AddressPart(rawValue: String(match.1))?.text(of: address, driver: match.2.map(String.init))
                ?? String(match.0)
        }
    }
}

/// What stands for something of the database in a variable for env.py, as `${name}`.
enum AddressPart: String, CaseIterable {
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
