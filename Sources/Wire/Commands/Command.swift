/// A command: its name, its access rules, its parameters and its result, in one declaration.
public protocol Command: Sendable {
    associatedtype Parameters: CommandParameters
    associatedtype Result: Codable & Sendable

    /// The name in requests and on the command line of `adminctl`.
    static var name: String { get }
    /// The scope that a key needs; no scope implies another.
    static var scope: Scope { get }
    /// Whether it can change anything. Such a request is a job and consumes its token's nonce; see ``mutates(_:)``.
    static var isMutation: Bool { get }
    /// Whether it is about one database, which the request must name if the agent has several.
    static var needsDatabase: Bool { get }
    /// Whether a request with these parameters changes anything. The plan of a repair, for example, does not.
    static func mutates(_ parameters: Parameters) -> Bool
}

extension Command {
    public static func mutates(_ parameters: Parameters) -> Bool { isMutation }

    /// Reads a request's `params`.
    ///
    /// Inlinable, like everything that it calls, so that each command gets a specialized version.
    ///
    /// - Throws: `badParams` naming the member that is unknown, missing or wrong.
    @inlinable
    public static func parameters(of request: Request) throws(WireError) -> Parameters {
        try Parameters(Members(request.parameters, of: name))
    }

    /// The names that `params` may have, in the order of their declaration.
    public static var parameterNames: [String] { Parameters.CodingKeys.allCases.map(\.stringValue) }
}

/// The parameters of a command. Clients write them through `Encodable`; the agent reads them by hand, so that each
/// refusal names the fault.
public protocol CommandParameters: Encodable, Hashable, Sendable {
    associatedtype CodingKeys: CodingKey & CaseIterable & Sendable

    init(_ members: Members<CodingKeys>) throws(WireError)
}

/// The parameters of a command without parameters.
public struct NoParameters: CommandParameters {
    public enum CodingKeys: CodingKey, CaseIterable {}

    public init() {}

    public init(_ members: Members<CodingKeys>) throws(WireError) {}

    public func encode(to encoder: any Encoder) throws {
        _ = encoder.container(keyedBy: CodingKeys.self)
    }
}

/// What a key may do. No scope implies another.
public enum Scope: String, Codable, CaseIterable, Hashable, Sendable {
    case read, plan, repair, migrate, admin
}
