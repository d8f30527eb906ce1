/// One command: its name, who may call it, what it takes and what it answers, in one declaration.
public protocol Command: Sendable {
    associatedtype Parameters: CommandParameters
    associatedtype Result: Codable & Sendable

    /// As it stands in a request, and as `adminctl` spells it.
    static var name: String { get }
    /// The scope that a key needs; no scope implies another.
    static var scope: Scope { get }
    /// Whether it can change anything: such a request is a job and consumes its token's nonce. See ``mutates(_:)``.
    static var isMutation: Bool { get }
    /// Whether it is about one database, so that the request must name it where there are several.
    static var needsDatabase: Bool { get }
    /// Whether these parameters ask for a change. A plan of a repair, for example, does not.
    static func mutates(_ parameters: Parameters) -> Bool
}

extension Command {
    public static func mutates(_ parameters: Parameters) -> Bool { isMutation }

    /// Reads a request's `params`.
    ///
    /// Inlinable, as what it calls: each command of the agent has its own, without generics at run time.
    ///
    /// - Throws: `badParams` naming the member that is unknown, missing or wrong.
    @inlinable
    public static func parameters(of request: Request) throws(WireError) -> Parameters {
        try Parameters(Members(request.parameters, of: name))
    }

    /// The names that `params` may have, in the order of their declaration.
    public static var parameterNames: [String] { Parameters.CodingKeys.allCases.map(\.stringValue) }
}

/// The parameters of a command: written by clients through `Encodable`, read by the agent by hand, so that each refusal
/// says what is wrong.
public protocol CommandParameters: Encodable, Hashable, Sendable {
    associatedtype CodingKeys: CodingKey & CaseIterable & Sendable

    init(_ members: Members<CodingKeys>) throws(WireError)
}

/// The parameters of a command that takes none.
public struct NoParameters: CommandParameters {
    public enum CodingKeys: CodingKey, CaseIterable {}

    public init() {}

    public init(_ members: Members<CodingKeys>) throws(WireError) {}

    public func encode(to encoder: any Encoder) throws {
        _ = encoder.container(keyedBy: CodingKeys.self)
    }
}
