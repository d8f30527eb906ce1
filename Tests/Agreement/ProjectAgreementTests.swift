import Support
import Testing

extension AgreementTests {
    /// Projects written in many spellings and layouts, read by Alembic and by `schemad graph`.
    @Test("projects on disk")
    func projects() async throws {
        try await TemporaryFolder.with { folder in
            let compared = try await inHalves(300) { numbers in
                let truths = try await Oracle().ask(
                    .projects, numbers, ["--into", folder.path], as: ProjectTruth.self)
                var compared: [(difference: Difference?, truth: ProjectTruth)] = []
                for truth in truths {
                    compared.append((try await ProjectComparison(truth, .projects).difference(), truth))
                }
                return compared
            }
            Difference.expectNone(compared.compactMap(\.difference))
            // What was drawn is worth the name.
            #expect(compared.count { $0.truth.facts != nil } >= 200)
            #expect(Set(compared.map(\.truth.layout)).count >= 15)
            #expect(compared.contains { !$0.truth.computed.isEmpty })
            #expect(compared.contains { $0.truth.areSettingsRefused })
        }
    }
}
