/// Where an Alembic project keeps its scripts, from `alembic.ini` (or another INI file) and `pyproject.toml`, the INI
/// file winning key by key (Alembic 1.16 and later). Nothing of the project is run.
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
    /// The folders of the versions, absolute, in the order in which Alembic reads them. They need not exist.
    public var versionLocations: [String]
    /// Whether folders inside the version locations count.
    public var recursiveVersionLocations: Bool
    /// Whether compiled scripts without their source count.
    public var sourceless: Bool
    /// What Alembic puts in front of Python's search path, absolute.
    public var prependSysPath: [String]

    /// Reads the configuration of a project.
    ///
    /// - Parameters:
    ///   - folder: the project's folder; relative settings are seen from here, as when Alembic is called in it.
    ///   - config: the INI file, or a `pyproject.toml`, relative to the folder or absolute.
    ///   - section: the INI file's section (Alembic's `-n`).
    ///   - searchPath: further absolute folders, as an interpreter's site-packages, in which `package:folder` is looked
    ///     for.
    /// - Throws: `ProjectError` for whatever Alembic refuses, and for what cannot be followed without running Python.
    public static func read(
        folder: String, config: String = "alembic.ini", section: String = "alembic", searchPath: [String] = []
    ) throws(ProjectError) -> ProjectConfiguration {
        guard folder.hasPrefix("/"), Files.isFolder(folder) else {
            throw ProjectError(
                code: ProjectError.Code.missing,
                message: "The project folder '\(folder)' is not a folder, or not absolute.")
        }
        var reading = try ConfigurationReading(folder: folder, config: config, section: section)
        return try reading.configuration(searchPath: searchPath)
    }
}
