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

    /// `${url}` and `${url+driver}` as the database's URL.
    private static func expand(_ value: String, _ address: DatabaseAddress) -> String {
        var result = ""
        var rest = value[...]
        while let open = rest.firstRange(of: "${url") {
            guard let close = rest[open.upperBound...].firstIndex(of: "}") else { break }
            result += rest[..<open.lowerBound]
            let driver = rest[open.upperBound..<close]
            result += address.url(driver: driver.hasPrefix("+") ? String(driver.dropFirst()) : nil)
            rest = rest[rest.index(after: close)...]
        }
        return result + rest
    }
}
