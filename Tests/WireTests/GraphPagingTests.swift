import Testing

@testable import Wire

@Suite struct GraphPagingTests {
    private func graph(_ count: Int) throws -> Graph.Result {
        let ids = (0..<count).map { "r\(10000 + $0)" }
        let revisions = ids.map { id -> JSON in
            [
                "id": .string(id), "down": [], "dependsOn": [], "labels": [], "file": .string("versions/\(id).py"),
                "doc": .string("step \(id)"),
                "source": "static",
            ]
        }
        return try WireCoding.decode(
            Graph.Result.self,
            from: [
                "revisions": .array(revisions), "heads": ["r1"], "effectiveHeads": ["r1"], "bases": ["r0"],
                "branchPoints": [],
                "mergePoints": [], "order": .array(ids.reversed().map(JSON.string)), "problems": [],
                "rows": ["r1", nil],
            ])
    }

    @Test func aSmallGraphIsOnePage() throws {
        let whole = try graph(20)
        #expect(try whole.page(after: nil) == whole)
    }

    @Test(arguments: [4096, 65536]) func pagesAreSmallAndMakeUpTheWhole(_ limit: Int) throws {
        let whole = try graph(3000)
        var joined = try whole.page(after: nil, bytes: limit)
        var pages = 1
        while let cursor = joined.nextCursor {
            let page = try whole.page(after: cursor, bytes: limit)
            #expect(try WireCoding.encode(page).count <= limit + 64)
            joined = joined.appending(page)
            pages += 1
        }
        #expect(joined == whole)
        #expect(pages > 2)
    }

    @Test(arguments: ["", "0", "-1", "20", "x", "1.5"]) func aForeignCursorIsRefused(_ cursor: String) throws {
        let whole = try graph(20)
        #expect(throws: WireError.self) { try whole.page(after: cursor) }
    }
}
