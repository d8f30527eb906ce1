import Alembic
import Files

extension ProjectConfiguration {
    /// The configuration file of a project for which the command line names none, relative to its folder: `alembic.ini`,
    /// which may be replaced by `pyproject.toml`, or Flask-Migrate's `migrations/alembic.ini` where only that exists.
    static func file(in project: String) -> String {
        let (usual, flask) = ("alembic.ini", "migrations/alembic.ini")
        func exists(_ name: String) -> Bool { (try? FileSystem.status("\(project)/\(name)")) != nil }
        if exists(usual) || !exists(flask) { return usual }
        do throws(AlembicError) {
            // pyproject.toml may configure Alembic.
            _ = try ProjectConfiguration.read(folder: project)
        } catch {
            if error.code == .projectMissing { return flask }
        }
        return usual
    }
}
