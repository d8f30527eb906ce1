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
        value.replacing(/\$\{(url|host|port|user|password|database)(?:\+(\w+))?\}/) { match in
            switch match.1 {
            case "host": address.hosts.joined(separator: ",")
            case "port": address.ports.isEmpty ? "5432" : address.ports.joined(separator: ",")
            case "user": address.user ?? ""
            case "password": address.password ?? ""
            case "database": address.database ?? ""
            default: address.url(driver: match.2.map(String.init))
            }
        }
    }
}
