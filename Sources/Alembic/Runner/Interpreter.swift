import FoundationEssentials

extension Runner {
    /// The interpreter that a project is run with: the configured one, else that of the active virtual environment, of
    /// `.venv` or `venv` in the project's folder, else `python3` of the search path.
    ///
    /// - Parameters:
    ///   - configured: taken as it is, so that a missing one is reported and not replaced; relative to `folder`.
    ///   - environment: where `VIRTUAL_ENV` is looked up; nil is this process's.
    public static func interpreter(
        configured: String? = nil, folder: String,
        environment: [String: String]? = nil
    ) -> String {
        if let configured {
            // A link is not followed: Python knows its virtual environment by the path that it was started with.
            return configured.hasPrefix("/") || !configured.contains("/") ? configured : "\(folder)/\(configured)"
        }
        var candidates = ["\(folder)/.venv/bin/python", "\(folder)/venv/bin/python"]
        let environment = environment ?? ProcessInfo.processInfo.environment
        if let active = environment["VIRTUAL_ENV"], active.hasPrefix("/") {
            candidates.insert("\(active)/bin/python", at: 0)
        }
        return candidates.first { FileManager.default.isExecutableFile(atPath: $0) } ?? "python3"
    }
}
