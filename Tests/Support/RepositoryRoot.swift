import FoundationEssentials

/// The checkout that these tests were built from.
public enum RepositoryRoot {
    /// Without a slash at the end.
    public static let path: String = #filePath.split(separator: "/").dropLast(3).reduce(into: "") { $0 += "/\($1)" }
}

/// The interpreter with Alembic, SQLAlchemy and the drivers that tests run real projects with.
public enum TestPython {
    /// `SCHEMAD_TEST_PYTHON`, or the one that the Makefile puts into the checkout.
    public static let interpreter =
        ProcessInfo.processInfo.environment["SCHEMAD_TEST_PYTHON"] ?? "\(RepositoryRoot.path)/.venv/bin/python"
}

/// The programs of this package, built together with the tests.
public enum Products {
    /// The program of this name; it lies beside the running one (the test bundle or the benchmarks).
    ///
    /// - Throws: when it was not built.
    public static func path(_ name: String) throws -> String {
        let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let path = own.split(separator: "/").dropLast().reduce(into: "") { $0 += "/\($1)" } + "/\(name)"
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw SupportError("\(path) is not there: build the product \(name) first.")
        }
        return path
    }
}

/// What kept a test from doing its work.
public struct SupportError: Error, CustomStringConvertible {
    public let description: String

    public init(_ description: String) {
        self.description = description
    }
}
