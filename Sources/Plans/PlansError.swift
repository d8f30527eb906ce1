package import Revisions

/// Why a plan cannot be made. Nothing has been changed when it is thrown.
package struct PlansError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The names are the protocol's error codes.
    package enum Code: String, Sendable {
        /// A target or a revision in the request cannot be resolved.
        case badParams
        /// The role may not read the version table.
        case permissionDenied
        /// Rows, table or schema do not allow the plan, or the plan has changed since it was made.
        case precondition
        /// The revision scripts cannot be used.
        case projectInvalid
    }

    package var code: Code
    package var message: String
    /// The problem of the scripts behind `projectInvalid`; nil for other codes.
    package var problem: GraphProblem?

    package init(_ code: Code, _ message: String, problem: GraphProblem? = nil) {
        self.code = code
        self.message = message
        self.problem = problem
    }

    package var description: String { message }
}
