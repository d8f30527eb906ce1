import CPosix

/// The memory that this process needed for a while.
enum FreedMemory {
    /// Gives it back to the system: after a catalog was read or compared, which takes many times what is kept of it, and
    /// much of the program that does not run again soon.
    static func giveBack() {
        schemad_give_back_memory()
        schemad_give_back_code()
    }
}
