/// How much of the findings is kept: everything has to fit into one response.
struct FindingSize {
    /// Bytes of all findings together, without the statements of their remedies.
    var budget: Int
    /// Where that is exceeded: the most findings of a rule, lines of evidence in a finding, and bytes of such a line.
    var findings: Int
    var evidence: Int
    var line: Int

    static let usual = FindingSize(budget: 100_000, findings: 25, evidence: 100, line: 300)
    static let long = FindingSize(budget: 400_000, findings: 400, evidence: 6_400, line: 1_000)

    func isExceeded(by results: [RuleResult]) -> Bool {
        results.reduce(0) { $0 + $1.finding.size } > budget
    }

    /// All results; where they are too large, a part of each rule's, with the number of what was left out.
    func limited(_ rules: [[RuleResult]]) -> [RuleResult] {
        var results = rules.flatMap(\.self)
        var size = self
        while isExceeded(by: results) {
            results = rules.flatMap(size.shortened)
            if size.evidence <= Self.usual.evidence { break }
            size.findings = max(Self.usual.findings, size.findings / 2)
            size.evidence = max(Self.usual.evidence, size.evidence / 2)
            size.line = max(Self.usual.line, size.line * 3 / 4)
        }
        return results
    }

    private func shortened(_ results: [RuleResult]) -> [RuleResult] {
        var kept = Array(results.prefix(findings))
        for index in kept.indices {
            let facts = kept[index].finding.evidence
            kept[index].finding.evidence = facts.prefix(evidence).map { fact in
                fact.utf8.count <= line ? fact : "\(fact.prefix(line)) …"
            }
            let excess = facts.count - evidence
            if excess > 0 { kept[index].finding.evidence.append("and \(excess) more") }
        }
        if results.count > kept.count, let last = kept.indices.last {
            kept[last].finding.evidence.append("and \(results.count - kept.count) more findings of this code")
        }
        return kept
    }
}

extension Finding {
    /// In bytes, about.
    var size: Int {
        message.utf8.count + remedy.utf8.count + 200 + evidence.reduce(0) { $0 + $1.utf8.count + 5 }
    }
}
