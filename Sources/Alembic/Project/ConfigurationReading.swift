/// The reading of one project's settings, with the rules of Alembic's `Config` and `ScriptDirectory.from_config`.
struct ConfigurationReading {
    private let folder: String
    private let section: String
    private let iniFile: String
    private let tomlFile: String
    private var ini: IniFile?
    private var toml: TomlFile?
    private var configFiles: [String] = []

    init(folder: String, config: String, section: String) throws(ProjectError) {
        self.folder = FilePaths.absolute(folder, in: "/")
        self.section = section
        // As for Alembic's --config: a file of that name is the TOML file, and the INI file is the usual one.
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

    private static func read(_ path: String) throws(ProjectError) -> [UInt8]? {
        do throws(FileFault) {
            return try Files.read(path).bytes
        } catch {
            if error.isMissing { return nil }
            throw ProjectError(
                code: ProjectError.Code.invalid, message: "The file cannot be read: \(error.message).", file: path)
        }
    }

    mutating func configuration(searchPath: [String]) throws(ProjectError) -> ProjectConfiguration {
        let prepend = try list("prepend_sys_path", separators: ["path_separator"], splitsAtColons: true) ?? []
        let prependSysPath = prepend.map { FilePaths.absolute($0, in: folder) }
        let packages = PackageSearch(folders: prependSysPath + searchPath, projectFolder: folder)

        // Nothing follows from these here; but Alembic reads them first, and stops at a faulty one.
        for key in ["file_template", "truncate_slug_length", "output_encoding", "timezone"] {
            _ = try ini?.value(key, in: section)
        }
        try ini?.checkInterpolation(in: "post_write_hooks")

        let script = try scriptLocation()
        let scriptLocation = try packages.path(of: script.text, place: script.place)
        guard Files.isFolder(scriptLocation) else {
            throw script.place.fault(
                "The folder '\(scriptLocation)' does not exist.", code: ProjectError.Code.missing)
        }

        var versionLocations: [String] = []
        let place = place(of: "version_locations")
        let locations = try list(
            "version_locations", separators: ["path_separator", "version_path_separator"], splitsAtColons: false)
        for location in locations ?? [] {
            versionLocations.append(try packages.path(of: location, place: place))
        }
        if versionLocations.isEmpty { versionLocations = [scriptLocation + "/versions"] }

        return ProjectConfiguration(
            folder: folder, iniFile: iniFile, configFiles: configFiles, section: section,
            scriptLocation: scriptLocation,
            versionLocations: versionLocations, recursiveVersionLocations: try bool("recursive_version_locations"),
            sourceless: try bool("sourceless"), prependSysPath: prependSysPath)
    }

    private func scriptLocation() throws(ProjectError) -> (text: String, place: SettingPlace) {
        let key = "script_location"
        if let value = try ini?.value(key, in: section) {
            return (value.text, SettingPlace(file: iniFile, line: value.line, key: key))
        }
        if let value = try toml?.string(key) {
            return (value, place(of: key))
        }
        if let ini, ini.hasSection(section), FlaskMigrate.isEnvironment(FilePaths.parent(iniFile) + "/env.py") {
            return (FilePaths.parent(iniFile), SettingPlace(file: iniFile, line: nil, key: key))
        }
        let hasToml = toml?.isConfigured ?? false
        if ini == nil && !hasToml {
            throw ProjectError(
                code: ProjectError.Code.missing,
                message: "There is no Alembic configuration: neither '\(iniFile)' nor [tool.alembic] in '\(tomlFile)'.")
        }
        let message =
            ini?.hasSection(section) == false && !hasToml
            ? "The file has no section [\(section)]." : "The setting is missing: name the folder that holds env.py."
        throw ProjectError(
            code: ProjectError.Code.invalid, message: message, file: ini == nil ? tomlFile : iniFile, key: key)
    }

    /// A list of paths: split in the INI file, a list in the TOML file.
    private func list(_ key: String, separators: [String], splitsAtColons: Bool) throws(ProjectError) -> [String]? {
        guard let value = try ini?.value(key, in: section), !value.text.isEmpty else { return try toml?.strings(key) }
        for name in separators {
            guard let separator = try ini?.value(name, in: section) else { continue }
            guard let character = PathLists.separator(separator.text) else {
                throw ProjectError(
                    code: ProjectError.Code.invalid,
                    message: "'\(separator.text)' is none of space, newline, os, ':' and ';'.", file: iniFile,
                    line: separator.line, key: name)
            }
            return PathLists.split(value.text, at: character)
        }
        return PathLists.legacy(value.text, splitsAtColons: splitsAtColons)
    }

    /// In the INI file only the exact word `true` is true.
    private func bool(_ key: String) throws(ProjectError) -> Bool {
        if let value = try ini?.value(key, in: section) { return value.text == "true" }
        return try toml?.bool(key) ?? false
    }

    private func place(of key: String) -> SettingPlace {
        if let line = ini?.line(of: key, in: section) {
            return SettingPlace(file: iniFile, line: line, key: key)
        }
        return SettingPlace(file: tomlFile, line: toml?.line(of: key), key: key)
    }
}

/// Where a setting stands, for messages.
struct SettingPlace {
    var file: String
    var line: Int?
    var key: String

    func fault(_ message: String, code: String = ProjectError.Code.invalid) -> ProjectError {
        ProjectError(code: code, message: message, file: file, line: line, key: key)
    }
}
