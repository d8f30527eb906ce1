/// How much a piece of code does, counted and not timed, so that a busy machine does not matter.
///
/// The code under test is compiled to report each branch that it takes; what it allocates is told by the address
/// sanitizer. Only this file is compiled without either.
public struct Work {
    /// Branches taken, and bytes allocated.
    public var branches: UInt64
    public var bytes: UInt64

    /// Counts what the body does.
    public static func count(_ body: () -> Void) -> Work {
        _ = isInstalled
        let before = (branchesTaken, bytesAllocated)
        body()
        return Work(branches: branchesTaken &- before.0, bytes: bytesAllocated &- before.1)
    }

    private static let isInstalled: Bool = install({ _, size in bytesAllocated &+= UInt64(size) }, { _ in }) != 0
}

// One thread counts, and it is the only one.
nonisolated(unsafe) private var branchesTaken: UInt64 = 0
nonisolated(unsafe) private var bytesAllocated: UInt64 = 0

@_cdecl("__sanitizer_cov_trace_pc_guard")
public func takeBranch(_ guard: UnsafeMutableRawPointer?) { branchesTaken &+= 1 }

@_cdecl("__sanitizer_cov_trace_pc_guard_init")
public func startModule(_ start: UnsafeMutableRawPointer?, _ end: UnsafeMutableRawPointer?) {}

@_silgen_name("__sanitizer_install_malloc_and_free_hooks")
private func install(
    _ allocated: @convention(c) (UnsafeRawPointer?, Int) -> Void, _ freed: @convention(c) (UnsafeRawPointer?) -> Void
) -> CInt
