import CLibPQ
import FoundationEssentials
import Glibc

/// Unsets every `PG*` variable of this process.
///
/// libpq lets `PGHOSTADDR`, `PGOPTIONS`, `PGSERVICE`, `PGSSLMODE` and others take effect beside explicit keywords, so a
/// variable left over in a shell could send the agent to another database. To be called first thing in `main`, before
/// any thread exists: `unsetenv` and `getenv` must not run at the same time.
public func forgetEnvironment() {
    for name in environmentNames() { _ = unsafe unsetenv(name) }
}

/// The names that are set and start with `PG`, and all that libpq knows.
private func environmentNames() -> Set<String> {
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
