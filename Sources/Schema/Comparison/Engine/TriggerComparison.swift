import Text

/// Compares the triggers of two tables by name, which PostgreSQL's definition of a trigger includes.
struct TriggerComparison {
    let pair: TablePair

    func compare(into collector: inout DiscrepancyCollector) {
        let (expected, actual) = (pair.expected, pair.actual)
        if expected.triggers.hasSameBytes(as: actual.triggers) { return }
        let others = Dictionary(actual.triggers.map { (ExactString($0.name), $0) }, uniquingKeysWith: { $1 })
        for trigger in expected.triggers {
            let path = ObjectPath(.trigger, trigger.name, of: actual)
            guard let other = others[ExactString(trigger.name)] else {
                if trigger.isInherited, isPartitionedDifferently { continue }
                if let parents = pair.explainingParents(isInherited: trigger.isInherited) {
                    collector.report(
                        .missingTrigger, path, expected: DefinitionText.trigger(trigger), actual: nil, parents: parents)
                }
                continue
            }
            let isInherited = trigger.isInherited && other.isInherited
            guard let parents = pair.explainingParents(isInherited: isInherited) else { continue }
            let verdict =
                trigger.state == other.state
                ? collector.texts.compare(
                    trigger.definition, other.definition, in: .trigger(table: expected.qualifiedName),
                    typesDiffer: pair.columnTypesDiffer)
                : .different
            collector.report(
                .trigger, path, verdict, expected: DefinitionText.trigger(trigger),
                actual: DefinitionText.trigger(other), parents: parents)
        }
        let names = Set(expected.triggers.map { ExactString($0.name) })
        for trigger in actual.triggers where !names.contains(ExactString(trigger.name)) {
            if trigger.isInherited, isPartitionedDifferently { continue }
            guard let parents = pair.explainingParents(isInherited: trigger.isInherited) else { continue }
            collector.report(
                .extraTrigger, ObjectPath(.trigger, trigger.name, of: actual), expected: nil,
                actual: DefinitionText.trigger(trigger), parents: parents)
        }
    }

    /// Whether the tables are partitions of different tables, or only one of them is a partition. A partition gets
    /// the triggers of its partitioned table when it is attached and loses them when it is detached.
    private var isPartitionedDifferently: Bool {
        (pair.expected.isPartition || pair.actual.isPartition)
            && !pair.expected.parents.hasSameBytes(as: pair.actual.parents)
    }
}

/// Compares the row-level-security policies of two tables by name.
struct PolicyComparison {
    let pair: TablePair

    func compare(into collector: inout DiscrepancyCollector) {
        let (expected, actual) = (pair.expected, pair.actual)
        if expected.policies.hasSameBytes(as: actual.policies) { return }
        let others = Dictionary(actual.policies.map { (ExactString($0.name), $0) }, uniquingKeysWith: { $1 })
        for policy in expected.policies {
            let path = ObjectPath(.policy, policy.name, of: actual)
            guard let other = others[ExactString(policy.name)] else {
                collector.report(.missingPolicy, path, expected: DefinitionText.policy(policy), actual: nil)
                continue
            }
            collector.report(
                .policy, path, verdict(policy, other, &collector.texts), expected: DefinitionText.policy(policy),
                actual: DefinitionText.policy(other))
        }
        let names = Set(expected.policies.map { ExactString($0.name) })
        for policy in actual.policies where !names.contains(ExactString(policy.name)) {
            collector.report(
                .extraPolicy, ObjectPath(.policy, policy.name, of: actual), expected: nil,
                actual: DefinitionText.policy(policy))
        }
    }

    private func verdict(_ expected: Policy, _ actual: Policy, _ texts: inout TextComparison) -> TextVerdict {
        guard expected.isPermissive == actual.isPermissive, expected.command == actual.command,
            expected.roles.hasSameBytes(as: actual.roles)
        else { return .different }
        let context = ExpressionText.Context.policy(table: pair.expected.qualifiedName)
        let typesDiffer = pair.columnTypesDiffer
        var verdict = TextVerdict.same
        for (left, right) in [(expected.using, actual.using), (expected.check, actual.check)] {
            guard left != nil || right != nil else { continue }
            guard let left, let right else { return .different }
            switch texts.compare(left, right, in: context, typesDiffer: typesDiffer) {
            case .same: break
            case .different: return .different
            case .unknown(let reason): verdict = .unknown(reason)
            }
        }
        return verdict
    }
}
