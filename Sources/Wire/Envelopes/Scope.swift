/// What a key may do. No scope implies another.
public enum Scope: String, Codable, CaseIterable, Hashable, Sendable {
    case read, plan, repair, migrate, admin
}
