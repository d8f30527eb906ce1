import Revisions
import Schema
import Testing

@testable import Diagnosis

/// What a role lacks for a list of revisions, and the statements that grant it.
@Suite struct MissingPrivilegesTests {
    private static let table = ObjectKey(.relation, schema: "public", name: "Orders")
    private static let type = ObjectKey(.type, schema: "public", name: "size")

    /// a → b → d and a → c → d.
    private static let graph = RevisionGraph(revisions: [
        Sample.revision("a"), Sample.revision("b", "a"), Sample.revision("c", "a"), Sample.revision("d", "b", "c"),
    ])

    private static func role(
        inherits: Bool = true, version: Int = 150_004, owner: RolePrivileges.ForeignObject? = nil,
        rows: Set<RolePrivileges.RowStatement>? = Set(RolePrivileges.RowStatement.allCases),
        schema: RolePrivileges.Schema = .init(), allowsSchemas: Bool = true
    ) -> RolePrivileges {
        RolePrivileges(
            role: "App", inherits: inherits, serverVersion: version, database: "shop-db", allowsSchemas: allowsSchemas,
            schemas: ["public": schema], foreignObjects: owner.map { [table: $0, type: $0] } ?? [:],
            rowStatements: rows)
    }

    private static func missing(
        for steps: [String] = ["b"], from rows: [String] = ["a"], _ role: RolePrivileges,
        _ operations: [String: [PrivilegedOperation]] = [:], switches: Set<String> = [],
        table presence: VersionTableFacts.Presence? = nil
    ) -> MissingPrivileges? {
        MissingPrivileges(
            for: steps, from: rows, graph: graph,
            versionTable: VersionTableFacts(schema: "public", presence: presence ?? .table(rows: rows)),
            PrivilegeFacts(role: role, operations: operations, roleSwitches: switches))
    }

    // MARK: Version table

    @Test(arguments: [
        (["a"], [], RolePrivileges.RowStatement.insert, ["a"]), (["b"], ["a"], .update, ["b"]),
        (["b", "c"], ["a"], .insert, ["c"]), (["d"], ["b", "c"], .delete, ["d"]), (["d"], ["b", "c"], .update, ["d"]),
    ]) func statementsOnTheVersionTable(
        steps: [String], rows: [String], lacking: RolePrivileges.RowStatement, revisions: [String]
    ) {
        let allowed = Set(RolePrivileges.RowStatement.allCases).subtracting([lacking])
        let missing = Self.missing(for: steps, from: rows, Self.role(rows: allowed))
        #expect(missing?.clauses == ["\(lacking.rawValue) on public.alembic_version"])
        #expect(missing?.missing.map(\.revisions) == [revisions])
        #expect(
            missing?.statements == ["GRANT SELECT, INSERT, UPDATE, DELETE ON public.alembic_version TO \"App\";"])
    }

    @Test func statementsThatNoRevisionNeeds() {
        #expect(Self.missing(for: ["b"], from: ["a"], Self.role(rows: [.update])) == nil)
        #expect(Self.missing(for: ["a"], from: [], Self.role(rows: [.insert])) == nil)
        #expect(Self.missing(for: [], Self.role(rows: [])) == nil)
    }

    @Test func versionTableThatHasToBeCreated() {
        let role = Self.role(rows: nil, schema: .init(allowsUsage: false, allowsCreation: false))
        let missing = Self.missing(for: ["a", "b"], from: [], role, table: .missing)
        #expect(missing?.clauses == ["USAGE, CREATE on schema public"])
        #expect(missing?.evidence == ["USAGE, CREATE on schema public: needed by a"])
        #expect(missing?.statements == ["GRANT USAGE, CREATE ON SCHEMA public TO \"App\";"])
    }

    // MARK: Objects

    @Test func objectsThatTheRevisionsCreateThemselves() {
        let owner = RolePrivileges.ForeignObject(owner: "boss")
        let operations: [String: [PrivilegedOperation]] = ["b": [.creates(Self.table)], "c": [.alters(Self.table)]]
        #expect(Self.missing(for: ["b", "c"], Self.role(owner: owner), operations) == nil)
        #expect(Self.missing(for: ["c"], Self.role(owner: owner), operations) != nil)
    }

    @Test func newSchema() {
        let operations: [String: [PrivilegedOperation]] = [
            "b": [.creates(ObjectKey(.schema, name: "new")), .creates(ObjectKey(.relation, schema: "new", name: "t"))]
        ]
        let missing = Self.missing(Self.role(allowsSchemas: false), operations)
        #expect(missing?.statements == ["GRANT CREATE ON DATABASE \"shop-db\" TO \"App\";"])
        #expect(Self.missing(Self.role(), operations) == nil)
    }

    @Test func operationsOnATableOfAnotherOwner() {
        func statements(_ operation: PrivilegedOperation, _ owner: RolePrivileges.ForeignObject) -> [String]? {
            Self.missing(Self.role(owner: owner), ["b": [operation]])?.statements
        }
        let boss = RolePrivileges.ForeignObject(owner: "boss")
        #expect(statements(.alters(Self.table), boss) == ["GRANT boss TO \"App\";"])
        #expect(statements(.drops(Self.table), boss) == ["GRANT boss TO \"App\";"])
        #expect(statements(.drops(Self.table), .init(owner: "boss", ownsSchema: true)) == nil)
        #expect(statements(.references(Self.table), boss) == ["GRANT REFERENCES ON public.\"Orders\" TO \"App\";"])
        #expect(statements(.references(Self.table), .init(owner: "boss", allowsReferences: true)) == nil)
        #expect(statements(.addsTrigger(Self.table), boss) == ["GRANT TRIGGER ON public.\"Orders\" TO \"App\";"])
        #expect(statements(.addsTrigger(Self.table), .init(owner: "boss", allowsTriggers: true)) == nil)
        #expect(statements(.addsIndex(Self.table), boss) == nil)
        #expect(
            statements(.alters(Self.table), .init(owner: "postgres", isOwnerGrantable: false))
                == ["ALTER TABLE public.\"Orders\" OWNER TO \"App\";"])
        #expect(
            statements(.alters(Self.type), .init(owner: "postgres", isOwnerGrantable: false))
                == ["ALTER TYPE public.size OWNER TO \"App\";"])
    }

    @Test(arguments: [
        (true, true, 150_004, ["GRANT boss TO \"App\";"]),
        (false, false, 150_004, ["GRANT boss TO \"App\";", "ALTER ROLE \"App\" INHERIT;"]),
        (false, true, 150_004, ["GRANT boss TO \"App\";", "ALTER ROLE \"App\" INHERIT;"]),
        (true, false, 160_001, ["GRANT boss TO \"App\";"]),
        (true, true, 160_001, ["GRANT boss TO \"App\" WITH INHERIT TRUE;"]),
        (false, false, 180_000, ["GRANT boss TO \"App\" WITH INHERIT TRUE;"]),
    ]) func membershipThatIsInherited(inherits: Bool, isMember: Bool, version: Int, statements: [String]) {
        let owner = RolePrivileges.ForeignObject(owner: "boss", isMember: isMember)
        let missing = Self.missing(
            Self.role(inherits: inherits, version: version, owner: owner),
            ["b": [.alters(Self.table), .alters(Self.type)]])
        #expect(missing?.statements == statements)
        #expect(missing?.isMemberWithoutInheriting == isMember)
    }

    @Test func revisionsAfterASwitchOfTheRole() {
        let owner = RolePrivileges.ForeignObject(owner: "boss")
        let operations = ["b": [PrivilegedOperation.alters(Self.table)], "c": [.alters(Self.type)]]
        #expect(Self.missing(for: ["b", "c"], Self.role(owner: owner), operations, switches: ["b"]) == nil)
        let before = Self.missing(for: ["b", "c"], Self.role(owner: owner), operations, switches: ["c"])
        #expect(before?.revisions == ["b"])
    }
}
