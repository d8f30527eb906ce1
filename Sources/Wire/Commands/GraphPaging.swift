extension Graph.Result {
    /// The page that starts at `cursor`, small enough for one response: revisions are cut where the page would grow
    /// past `bytes`.
    ///
    /// - Throws: `badParams` for a cursor that no page of this graph has given.
    public func page(after cursor: String?, bytes limit: Int = Limits.pageBytes) throws(WireError) -> Graph.Result {
        let start = try cursor.map { text throws(WireError) in try offset(text) } ?? 0
        var page = self
        if start > 0 {
            page.heads = []
            page.effectiveHeads = []
            page.bases = []
            page.branchPoints = []
            page.mergePoints = []
            page.problems = []
            page.rows = []
        }
        page.revisions = []
        page.order = []
        var size = try WireCoding.encode(page).count
        var end = start
        while end < length {
            var step = 0
            if end < revisions.count { step += try WireCoding.encode(revisions[end]).count + 1 }
            if end < order.count { step += order[end].utf8.count * 6 + 3 }
            guard end == start || size + step <= limit else { break }
            size += step
            end += 1
        }
        page.revisions = Array(revisions[min(start, revisions.count)..<min(end, revisions.count)])
        page.order = Array(order[min(start, order.count)..<min(end, order.count)])
        page.nextCursor = end < length ? String(end) : nil
        return page
    }

    /// This page and the next one as one; how a client puts a graph together again.
    public func appending(_ next: Graph.Result) -> Graph.Result {
        var whole = self
        whole.revisions += next.revisions
        whole.order += next.order
        whole.nextCursor = next.nextCursor
        return whole
    }

    private var length: Int { max(revisions.count, order.count) }

    private func offset(_ cursor: String) throws(WireError) -> Int {
        guard let offset = Int(cursor), offset > 0, offset < length else {
            throw WireError(.badParams, "'cursor' is not one of this graph; start again without it")
        }
        return offset
    }
}
