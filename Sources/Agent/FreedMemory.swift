import CPosix

/// The memory that this process has freed.
enum FreedMemory {
    /// Gives it back to the system: after a catalog was read or compared, which takes many times what is kept of it.
    static func giveBack() { schemad_give_back_memory() }
}
