import Support
import Testing

extension AgreementTests {
    /// Projects with many layouts and styles of scripts, read by Alembic and by `schemad graph`.
    @Test("projects on disk")
    func projects() async throws {
        try await TemporaryFolder.with { folder in
            let compared = try await inHalves(300) { numbers in
                let truths = try await Oracle().run(
                    .projects, numbers, ["--into", folder.path], as: ReferenceProject.self)
                var compared: [(disagreement: Disagreement?, truth: ReferenceProject)] = []
                for truth in truths {
                    compared.append((try await ProjectComparison(truth, .projects).disagreement(), truth))
                }
                return compared
            }
            Disagreement.expectNone(compared.compactMap(\.disagreement))
            // The generated projects are varied.
            #expect(compared.count { $0.truth.facts != nil } >= 200)
            #expect(Set(compared.map(\.truth.layout)).count >= 15)
            #expect(compared.contains { !$0.truth.computed.isEmpty })
            #expect(compared.contains { $0.truth.areSettingsRefused })
        }
    }
}
