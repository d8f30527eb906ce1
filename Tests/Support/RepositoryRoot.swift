import FoundationEssentials

/// The checkout from which these tests were built.
public enum RepositoryRoot {
    /// Without a trailing slash.
    public static let path: String = #filePath.split(separator: "/").dropLast(3).reduce(into: "") { $0 += "/\($1)" }
}

/// The Python interpreter for tests with real projects; it has Alembic, SQLAlchemy and the drivers.
public enum TestPython {
    /// `SCHEMAD_TEST_PYTHON`, or the interpreter that the Makefile installs in the checkout.
    public static let interpreter =
        ProcessInfo.processInfo.environment["SCHEMAD_TEST_PYTHON"] ?? "\(RepositoryRoot.path)/.venv/bin/python"
}

/// The programs of this package, built together with the tests.
public enum Products {
    /// The path of a program, in the folder of the running one (the test bundle or the benchmarks).
    ///
    /// - Throws: when it was not built.
    public static func path(_ name: String) throws -> String {
        let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let path = own.split(separator: "/").dropLast().reduce(into: "") { $0 += "/\($1)" } + "/\(name)"
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw SupportError("\(path) does not exist: build the product \(name) first.")
        }
        return path
    }
}

/// An error of the test tools.
public struct SupportError: Error, CustomStringConvertible {
    public let description: String

    public init(_ description: String) {
        self.description = description
    }
}
