import Postgres
import Schema
import Support
import Testing

@Suite struct RolePrivilegesReaderTests {
    private static let table = TableName(schema: "public", name: "alembic_version")

    private static func read(_ url: String, role: String? = nil) async throws -> RolePrivileges? {
        let connection = try connection(url) { $0 = .read(applicationName: "reader", role: role) }
        return try await connection.withSession { session throws(PostgresError) in
            try RolePrivilegesReader.read(session, versionTable: table)
        }
    }

    @Test func superuserHasNoLimits() async throws {
        let privileges = try await TestCluster.withDatabase { url in try await Self.read(url) }
        #expect(privileges == nil)
    }

    @Test func roleThatOwnsNothing() async throws {
        try await withDatabaseAndRole { owner, guest, role in
            try await TestCluster.execute(
                owner, "CREATE SCHEMA shop", "CREATE TABLE shop.orders (id int)", "CREATE TYPE shop.size AS ENUM ('s')",
                "CREATE TABLE alembic_version (version_num varchar(32))",
                "GRANT USAGE ON SCHEMA shop TO \(role)", "GRANT SELECT, TRIGGER ON shop.orders TO \(role)",
                "GRANT REFERENCES (id) ON shop.orders TO \(role)", "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
                "GRANT SELECT, UPDATE (version_num) ON alembic_version TO \(role)")
            let privileges = try #require(try await Self.read(guest))
            #expect(privileges.role == role && privileges.inherits && !privileges.allowsSchemas)
            #expect(privileges.schemas["shop"] == .init(allowsUsage: true, allowsCreation: false))
            #expect(privileges.schemas["public"] == .init(allowsUsage: true, allowsCreation: false))
            #expect(privileges.rowStatements == [.update])
            let orders = privileges.foreignObjects[ObjectKey(.relation, schema: "shop", name: "orders")]
            #expect(
                orders
                    == .init(
                        owner: "postgres", isOwnerGrantable: false, allowsReferences: true, allowsTriggers: true))
            let size = privileges.foreignObjects[ObjectKey(.type, schema: "shop", name: "size")]
            #expect(size == .init(owner: "postgres", isOwnerGrantable: false))
            #expect(privileges.foreignObjects.count == 3)
        }
    }

    @Test func roleThatOwnsEverything() async throws {
        try await withDatabaseAndRole { owner, guest, role in
            try await TestCluster.execute(
                owner, "CREATE SCHEMA shop AUTHORIZATION \(role)", "CREATE TABLE shop.orders (id int)",
                "ALTER TABLE shop.orders OWNER TO \(role)", "CREATE TABLE shop.parts (id int)")
            let privileges = try #require(try await Self.read(guest))
            #expect(privileges.schemas["shop"] == .init())
            #expect(privileges.rowStatements == nil)
            // The owner of a schema may drop what others have in it.
            #expect(
                privileges.foreignObjects == [
                    ObjectKey(.relation, schema: "shop", name: "parts"): .init(
                        owner: "postgres", isOwnerGrantable: false, ownsSchema: true)
                ])
            try await TestCluster.execute(owner, "DROP SCHEMA shop CASCADE")
        }
    }

    /// `role` is the guest's; its privileges count as those of a member that inherits them or does not.
    @Test func memberships() async throws {
        try await withDatabaseAndRole { owner, guest, role in
            let group = role + "_group"
            try await TestCluster.administer("CREATE ROLE \(group)")
            try await TestCluster.execute(owner, "CREATE TABLE orders (id int)", "ALTER TABLE orders OWNER TO \(group)")
            let key = ObjectKey(.relation, schema: "public", name: "orders")
            func object() async throws -> RolePrivileges.ForeignObject? {
                try await Self.read(guest)?.foreignObjects[key]
            }
            #expect(try await object() == .init(owner: group))
            try await TestCluster.administer("GRANT \(role) TO \(group)")
            #expect(try await object() == .init(owner: group, isOwnerGrantable: false))
            try await TestCluster.administer("REVOKE \(role) FROM \(group)")
            try await TestCluster.administer("ALTER ROLE \(role) NOINHERIT")
            try await TestCluster.administer("GRANT \(group) TO \(role)")
            #expect(try await object() == .init(owner: group, isMember: true))
            #expect(try await Self.read(guest)?.inherits == false)
            #expect(try await Self.read(guest, role: group)?.foreignObjects == [:])
            try await TestCluster.execute(owner, "DROP OWNED BY \(group)")
            try await TestCluster.administer("DROP ROLE \(group)")
        }
    }
}
