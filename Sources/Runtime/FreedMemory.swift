import CPosix

/// Memory that the process has freed and the allocator still holds.
package enum FreedMemory {
    /// Returns it to the system. Called after a catalog was read or compared, which needs many times the memory of the
    /// result.
    package static func giveBack() { schemad_give_back_memory() }
}
