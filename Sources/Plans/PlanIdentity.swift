import Digests
import Text

/// The id of a plan. A request that names it runs exactly that plan or nothing.
enum PlanIdentity {
    /// 16 hexadecimal digits: the first bytes of the SHA-256 of everything that the plan depends on.
    static func digest(of text: String) -> String {
        SHA256.hash(Array(text.utf8)).prefix(8).hexadecimal
    }
}

/// Throws unless a plan is the one that the caller expects.
///
/// - Parameters:
///   - current: the id of the current plan; nil when there is nothing to do.
///   - expected: the id in the request; nil accepts any plan.
/// - Throws: `precondition` when they differ.
package func requirePlan(_ current: String?, is expected: String?) throws(PlansError) {
    guard let expected, expected != current else { return }
    throw PlansError(
        .precondition,
        "plan \(SafeText.visible(expected)) is out of date: rows, schema or scripts have changed since; nothing was "
            + "changed; request a new plan")
}
