import Files
import Text

/// Where an Alembic project keeps its scripts, from `alembic.ini` (or another INI file) and `pyproject.toml`. For each
/// key the INI file has precedence, as in Alembic 1.16 and later. Nothing of the project is run.
public struct ProjectConfiguration: Hashable, Sendable {
    /// The project's folder, absolute: the working directory of every run.
    public var folder: String
    /// The INI file, absolute, whether it exists or not.
    public var iniFile: String
    /// The configuration files that were read, absolute.
    public var configFiles: [String]
    /// The section of the INI file.
    public var section: String
    /// The folder of env.py, absolute.
    public var scriptLocation: String
    /// The folders of the version files, absolute, in the order in which Alembic reads them. They need not exist.
    public var versionLocations: [String]
    /// Whether folders inside the version locations count.
    public var recursiveVersionLocations: Bool
    /// Whether compiled scripts without their source count.
    public var sourceless: Bool
    /// The folders that Alembic puts first on Python's search path, absolute.
    public var prependSysPath: [String]

    /// Reads the configuration of a project.
    ///
    /// - Parameters:
    ///   - folder: the project's folder, absolute; relative settings refer to it, as when Alembic is started in it.
    ///   - config: the INI file, or a `pyproject.toml`, relative to the folder or absolute.
    ///   - section: the INI file's section (Alembic's `-n`).
    ///   - searchPath: further absolute folders, such as an interpreter's site-packages, in which the package of
    ///     `package:folder` is looked up.
    ///   - located: packages that Python was asked for, used when no folder contains them.
    /// - Throws: `projectMissing`, or `configurationInvalid` for a value that Alembic refuses or that only Python could
    ///   resolve.
    public static func read(
        folder: String, config: String = "alembic.ini", section: String = "alembic", searchPath: [String] = [],
        located: [LocatedPackages.Package] = []
    ) throws(AlembicError) -> ProjectConfiguration {
        guard folder.hasPrefix("/") else {
            throw AlembicError(.projectMissing, "The project folder '\(folder)' is not an absolute path.")
        }
        guard FileSystem.isFolder(folder) else {
            throw AlembicError(.projectMissing, "The project folder '\(folder)' does not exist, or is not a folder.")
        }
        return try ConfigurationReader(folder: folder, config: config, section: section)
            .configuration(searchPath: searchPath, located: located)
    }

    /// Reads the configuration of a runner's project. A package that no folder contains, as after an editable install,
    /// is looked up by Python.
    ///
    /// - Parameter locate: asks Python for packages; it may answer from memory.
    /// - Throws: as ``read(folder:config:section:searchPath:located:)``.
    package static func read(
        for runner: Runner, isolation: isolated (any Actor)? = #isolation,
        locate: (_ packages: [String], _ prependSysPath: [String]) async -> Result<LocatedPackages, AlembicError>
    ) async throws(AlembicError) -> ProjectConfiguration {
        var located: [LocatedPackages.Package] = []
        while true {
            do throws(AlembicError) {
                return try read(
                    folder: runner.folder, config: runner.config, section: runner.section,
                    searchPath: PythonInterpreter.searchPath(of: runner.python), located: located)
            } catch {
                // Each round asks for one more package.
                guard let missing = error.missingPackage, !located.contains(where: { $0.name == missing.name }) else {
                    throw error
                }
                switch await locate(located.map(\.name) + [missing.name], missing.prependSysPath) {
                case .success(let found):
                    located = found.packages
                case .failure(let reason):
                    var error = error
                    error.message +=
                        reason.code == .configurationInvalid
                        ? " Python does not find it either (\(reason.message))."
                        : " Python could not be asked (\(reason.code.rawValue)): \(reason)."
                    error.warnings = reason.warnings
                    throw error
                }
            }
        }
    }
}

extension ProjectConfiguration {
    /// The driver in the file's own `sqlalchemy.url`, such as `asyncpg`; nil when it names none.
    static func urlDriver(of runner: Runner) -> String? {
        let reader = try? ConfigurationReader(folder: runner.folder, config: runner.config, section: runner.section)
        return reader?.urlDriver()
    }
}

/// Reads one project's settings by the rules of Alembic's `Config` and `ScriptDirectory.from_config`.
private struct ConfigurationReader {
    private let folder: String
    private let section: String
    private let iniFile: String
    private let tomlFile: String
    private var ini: IniFile?
    private var toml: TomlFile?
    private var configFiles: [String] = []

    init(folder: String, config: String, section: String) throws(AlembicError) {
        self.folder = FilePaths.absolute(folder, in: "/")
        self.section = section
        // As for Alembic's --config: a file named pyproject.toml replaces the default TOML file, not the INI file.
        let isToml = FilePaths.name(config) == "pyproject.toml"
        iniFile = FilePaths.absolute(isToml ? "alembic.ini" : config, in: folder)
        tomlFile = FilePaths.absolute(isToml ? config : "pyproject.toml", in: folder)
        if let bytes = try Self.read(iniFile) {
            ini = try IniFile(bytes, file: iniFile, here: FilePaths.parent(iniFile))
            configFiles.append(iniFile)
        }
        if let bytes = try Self.read(tomlFile) {
            let file = try TomlFile(bytes, file: tomlFile, here: FilePaths.parent(tomlFile))
            toml = file
            if file.isConfigured { configFiles.append(tomlFile) }
        }
    }

    private static func read(_ path: String) throws(AlembicError) -> [UInt8]? {
        do throws(FilesError) {
            return try FileSystem.read(path)
        } catch {
            if error.code == .missing { return nil }
            throw AlembicError(
                .configurationInvalid, "The file cannot be read: \(error.message).", file: path)
        }
    }

    func configuration(
        searchPath: [String], located: [LocatedPackages.Package]
    ) throws(AlembicError) -> ProjectConfiguration {
        let prepend = try list("prepend_sys_path", separators: ["path_separator"], splitsAtColons: true) ?? []
        let prependSysPath = prepend.map { FilePaths.absolute($0, in: folder) }
        let packages = PackageSearch(
            prependSysPath: prependSysPath, installed: searchPath, located: located, projectFolder: folder)

        // These values are not used here, but Alembic reads them first and stops at an invalid one.
        for key in ["file_template", "truncate_slug_length", "output_encoding", "timezone"] {
            _ = try ini?.value(key, in: section)
        }
        try ini?.checkInterpolation(in: "post_write_hooks")

        let script = try scriptLocation()
        let scriptLocation = try packages.path(of: script.text, at: script.location)
        guard FileSystem.isFolder(scriptLocation) else {
            throw script.location.error(
                "The folder '\(scriptLocation)' does not exist. Set script_location to the folder of env.py.",
                code: .projectMissing)
        }

        var versionLocations: [String] = []
        let location = location(of: "version_locations")
        let folders = try list(
            "version_locations", separators: ["path_separator", "version_path_separator"], splitsAtColons: false)
        for folder in folders ?? [] {
            versionLocations.append(try packages.path(of: folder, at: location))
        }
        if versionLocations.isEmpty { versionLocations = [scriptLocation + "/versions"] }

        return ProjectConfiguration(
            folder: folder, iniFile: iniFile, configFiles: configFiles, section: section,
            scriptLocation: scriptLocation,
            versionLocations: versionLocations, recursiveVersionLocations: try bool("recursive_version_locations"),
            sourceless: try bool("sourceless"), prependSysPath: prependSysPath)
    }

    /// The driver in the file's own `sqlalchemy.url`, such as `asyncpg`; nil when it names none. The value may be one that
    /// only the project itself completes, so an error does not matter.
    func urlDriver() -> String? {
        let value = try? ini?.value("sqlalchemy.url", in: section)
        return value?.text.prefixMatch(of: /postgres(?:ql)?\+(\w+):/).map { String($0.1) }
    }

    private func scriptLocation() throws(AlembicError) -> (text: String, location: SettingLocation) {
        let key = "script_location"
        if let value = try ini?.value(key, in: section), !isReplacedByFlask(value.text) {
            return (value.text, SettingLocation(file: iniFile, line: value.line, key: key))
        }
        if let value = try toml?.string(key) {
            return (value, location(of: key))
        }
        // Flask-Migrate's INI file is in the script folder; `flask db` sets the option. The runner (`application.py`) uses
        // the same rule.
        if let ini, ini.hasSection(section), hasEnvironment(FilePaths.parent(iniFile)) {
            return (FilePaths.parent(iniFile), SettingLocation(file: iniFile, line: nil, key: key))
        }
        let hasToml = toml?.isConfigured ?? false
        if ini == nil && !hasToml {
            let other = "migrations/alembic.ini"
            let advice =
                (try? FileSystem.status("\(folder)/\(other)")) == nil
                ? "" : " '\(folder)/\(other)' does: set config (option --config) to \(other)."
            throw AlembicError(
                .projectMissing,
                "There is no Alembic configuration: neither '\(iniFile)' nor [tool.alembic] in '\(tomlFile)' exists."
                    + advice)
        }
        let message =
            ini?.hasSection(section) == false && !hasToml
            ? "The file has no section [\(section)]. Its sections: \(SafeText.list(ini?.sectionNames ?? []))."
            : "The setting is missing. Set it to the folder that contains env.py."
        throw AlembicError(.configurationInvalid, message, file: ini == nil ? tomlFile : iniFile, key: key)
    }

    private func hasEnvironment(_ path: String) -> Bool { (try? FileSystem.status(path + "/env.py")) != nil }

    /// Whether there is no env.py at a value, and one beside the INI file: `flask db` replaces any value by that folder.
    private func isReplacedByFlask(_ location: String) -> Bool {
        !location.contains(":") && !hasEnvironment(FilePaths.absolute(location, in: folder))
            && hasEnvironment(FilePaths.parent(iniFile))
    }

    /// A list of paths: text that is split in the INI file, a list in the TOML file.
    private func list(_ key: String, separators: [String], splitsAtColons: Bool) throws(AlembicError) -> [String]? {
        guard let value = try ini?.value(key, in: section), !value.text.isEmpty else { return try toml?.strings(key) }
        for name in separators {
            guard let separator = try ini?.value(name, in: section) else { continue }
            guard let character = PathList.separator(separator.text) else {
                throw AlembicError(
                    .configurationInvalid,
                    "'\(separator.text)' is not a valid separator. Use space, newline, os, ':' or ';'.", file: iniFile,
                    line: separator.line, key: name)
            }
            return PathList.split(value.text, at: character)
        }
        return PathList.splitLegacy(value.text, splitsAtColons: splitsAtColons)
    }

    /// In the INI file only the exact word `true` is true.
    private func bool(_ key: String) throws(AlembicError) -> Bool {
        if let value = try ini?.value(key, in: section) { return value.text == "true" }
        return try toml?.bool(key) ?? false
    }

    private func location(of key: String) -> SettingLocation {
        if let line = ini?.line(of: key, in: section) {
            return SettingLocation(file: iniFile, line: line, key: key)
        }
        return SettingLocation(file: tomlFile, line: toml?.line(of: key), key: key)
    }
}

/// The position of a setting, for error messages.
struct SettingLocation {
    var file: String
    var line: Int?
    var key: String

    func error(_ message: String, code: AlembicError.Code = .configurationInvalid) -> AlembicError {
        AlembicError(code, message, file: file, line: line, key: key)
    }
}
