/// The work of a piece of code, counted instead of timed, so that the load of the machine does not matter.
///
/// The code under test is compiled with edge coverage, which reports each branch, and with the address sanitizer, which
/// reports allocations. Only this file is compiled without them.
public struct Work {
    /// The number of branches taken and of bytes allocated.
    public var branches: UInt64
    public var bytes: UInt64

    /// Counts the work of the body.
    public static func count(_ body: () -> Void) -> Work {
        _ = isInstalled
        let before = (branchesTaken, bytesAllocated)
        body()
        return Work(branches: branchesTaken &- before.0, bytes: bytesAllocated &- before.1)
    }

    private static let isInstalled: Bool = install({ _, size in bytesAllocated &+= UInt64(size) }, { _ in }) != 0
}

// The program has one thread.
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
