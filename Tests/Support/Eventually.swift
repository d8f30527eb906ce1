/// Polls until the condition holds.
///
/// - Throws: when the condition does not hold within the deadline; an error of the condition, at once.
public func eventually(
    _ what: String = "the condition", deadline: Duration = .seconds(60), every pause: Duration = .milliseconds(20),
    isolation: isolated (any Actor)? = #isolation, _ condition: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + deadline
    while true {
        if try await condition() { return }
        guard end > .now else { throw SupportError("Not within \(deadline): \(what).") }
        try await Task.sleep(for: pause)
    }
}
