import CLibPQ
import FoundationEssentials
import Glibc

/// Unsets every `PG*` variable of this process.
///
/// libpq applies `PGHOSTADDR`, `PGOPTIONS`, `PGSERVICE`, `PGSSLMODE` and others in addition to explicit keywords, so a
/// variable left over in a shell could direct the agent to another database. Call it at the start of `main`, before
/// any second thread exists: `unsetenv` and `getenv` must not run at the same time.
public func unsetLibpqEnvironment() {
    for name in libpqEnvironmentNames() { _ = unsafe unsetenv(name) }
}

/// All variables that libpq knows, and those that are set and start with `PG`.
private func libpqEnvironmentNames() -> Set<String> {
    var names: Set<String> = ["PGSERVICEFILE", "PGSYSCONFDIR", "PGLOCALEDIR", "PGDATESTYLE", "PGTZ", "PGGEQO"]
    for name in ProcessInfo.processInfo.environment.keys where name.hasPrefix("PG") { names.insert(name) }
    guard let options = unsafe PQconndefaults() else { return names }
    defer { unsafe PQconninfoFree(options) }
    var option = unsafe options
    while unsafe option.pointee.keyword != nil {
        if let name = unsafe text(option.pointee.envvar) { names.insert(name) }
        unsafe option += 1
    }
    return names
}
