/// The paths that the bridge answers itself.
enum BridgePath {
    static let live = "/livez"
    static let ready = "/readyz"
    static let jobs = "/v1/jobs/"

    /// Whether no route may have this path.
    static func isOwn(_ path: String) -> Bool {
        path == live || path == ready || path.hasPrefix("/v1/")
    }
}
