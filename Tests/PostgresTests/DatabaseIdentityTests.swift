import Postgres
import Support
import Testing

/// Which server a session is on.
@Suite struct DatabaseIdentityTests {
    private static let primary = DatabaseIdentity(system: "1", timeline: "00000001", database: "5")

    @Test(
        arguments: [
            (primary, nil),
            (DatabaseIdentity(system: "1", timeline: "00000001", database: "5", inRecovery: true), "standby"),
            (DatabaseIdentity(system: "2", timeline: "00000001", database: "5"), "another one"),
            (DatabaseIdentity(system: "1", timeline: "00000002", database: "5"), "promoted"),
            (DatabaseIdentity(system: "1", timeline: "00000001", database: "6"), "dropped"),
            // What the server does not tell cannot differ.
            (DatabaseIdentity(system: nil, timeline: nil, database: "5"), nil),
        ] as [(DatabaseIdentity, String?)])
    func differences(other: DatabaseIdentity, says: String?) {
        let difference = Self.primary.difference(to: other)
        #expect((difference == nil) == (says == nil))
        #expect(says.map { difference?.contains($0) == true } ?? true, "\(difference ?? "")")
    }

    @Test func aSessionKnowsItsServer() async throws {
        try await TestCluster.withDatabase { url in
            let here = try connection(url)
            let first = try await here.withSession(DatabaseIdentity.read)
            let second = try await here.withSession(DatabaseIdentity.read)
            #expect(first == second && first.system != nil && first.timeline == "00000001" && !first.inRecovery)
            try await TestCluster.withDatabase { other in
                let elsewhere = try await connection(other).withSession(DatabaseIdentity.read)
                #expect(elsewhere.system == first.system && elsewhere.database != first.database)
            }
        }
    }
}
