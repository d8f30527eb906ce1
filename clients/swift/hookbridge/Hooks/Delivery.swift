import Tokens
import Wire

/// Gives each delivery the idempotency key by which the agent tells a repetition from a new wish.
struct Deliveries: Sendable {
    private let recent = RecentKeys()

    /// The key of a GitHub delivery, from the body that its signature covers: a captured delivery that is sent again,
    /// under whatever id, is the same job, for as long as the agent remembers (7 days). A second delivery of one id is
    /// the same job too, should a sender change the body on the way.
    func key(ofSigned body: [UInt8], id: String?, route: Route) -> String {
        let fresh = Self.key(route, "body", body)
        guard let id else { return fresh }
        let name = Self.key(route, "delivery", Array(id.utf8))
        return recent.key(for: name, within: .seconds(7 * 86_400), fresh: fresh)
    }

    /// The key of a delivery with a static token.
    ///
    /// A sender that names its delivery (`Idempotency-Key`, or else `X-Request-Id`) gets one job for one name. Without
    /// a name, an equal body within `repeat_seconds` of the first is taken for a repetition. Later it is a new wish: a
    /// static token carries no freshness, deploy scripts post the same few bytes each time, and the deployment of
    /// tomorrow must migrate again.
    func key(
        ofBody body: [UInt8], id: String?, route: Route, at now: ContinuousClock.Instant = .now
    ) -> String {
        if let id { return Self.key(route, "id", Array(id.utf8)) }
        let chance = (0..<16).map { _ in UInt8.random(in: .min ... .max) }
        return recent.key(
            for: Self.key(route, "body", body), within: route.repeatWindow, at: now,
            fresh: Self.key(route, "once", chance))
    }

    /// Of the characters and length that the protocol allows, and different for each route.
    private static func key(_ route: Route, _ kind: String, _ bytes: [UInt8]) -> String {
        "hook:" + SHA256.hash(Array("\(route.path)\n\(kind)\n".utf8) + bytes).hexadecimal
    }
}
