package import Logging

/// An internal error as clients may see it.
package struct Incident: Sendable {
    /// Eight hexadecimal digits, which the log has too.
    package let id: String

    /// Logs the details of an internal error under a new incident id.
    package init(_ details: String, _ logger: Logger) {
        let digits = String(UInt32.random(in: .min ... .max), radix: 16)
        id = String(repeating: "0", count: 8 - digits.count) + digits
        logger.error("incident \(id): \(details)")
    }

    package var message: String { "internal error of the agent; its log has the details under incident \(id)" }
}
