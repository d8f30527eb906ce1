/// Tries until the condition holds.
///
/// - Throws: when it still does not after the deadline; what the condition throws ends the wait at once.
public func eventually(
    _ what: String = "the condition", deadline: Duration = .seconds(60), every pause: Duration = .milliseconds(20),
    isolation: isolated (any Actor)? = #isolation, _ condition: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + deadline
    while true {
        if try await condition() { return }
        guard end > .now else { throw SupportError("After \(deadline) it is still not so: \(what).") }
        try await Task.sleep(for: pause)
    }
}
