/// The projects that `flask db` runs: their INI file lies in the script folder and does not name it.
enum FlaskMigrate {
    /// How env.py of all its templates asks the application for its engine.
    private static let marks = ["current_app.extensions['migrate']", "current_app.extensions[\"migrate\"]"]

    /// Whether a file is Flask-Migrate's env.py, which needs an application and does not make it itself. The runner
    /// (`application.py`) goes by the same rule.
    static func isEnvironment(_ path: String) -> Bool {
        guard let bytes = try? Files.read(path).bytes else { return false }
        let text = String(decoding: bytes, as: UTF8.self)
        return marks.contains { text.contains($0) } && !text.contains("app_context(")
    }
}
