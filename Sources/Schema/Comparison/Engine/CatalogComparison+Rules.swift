extension CatalogComparison {
    /// Triggers, by name: PostgreSQL's definition of one holds its name.
    mutating func compareTriggers(_ expected: Table, _ actual: Table) {
        if expected.triggers.isIdentical(to: actual.triggers) { return }
        let others = Dictionary(actual.triggers.map { (ExactText($0.name), $0) }, uniquingKeysWith: { $1 })
        for trigger in expected.triggers {
            let path = ObjectPath(.trigger, trigger.name, of: actual)
            guard let other = others[ExactText(trigger.name)] else {
                if trigger.isInherited, isPartitionedOtherwise(expected, actual) { continue }
                let parents = parentsThatExplain(expected, actual, isInherited: trigger.isInherited)
                if let parents {
                    report(
                        .missingTrigger, path, expected: DefinitionText.trigger(trigger), actual: nil, parents: parents)
                }
                continue
            }
            let isInherited = trigger.isInherited && other.isInherited
            guard let parents = parentsThatExplain(expected, actual, isInherited: isInherited) else { continue }
            let verdict =
                trigger.state == other.state
                ? texts.compare(
                    trigger.definition, other.definition, in: .trigger(table: expected.qualifiedName),
                    typesDiffer: haveOtherTypes(expected, actual))
                : .different
            report(
                .trigger, path, verdict, expected: DefinitionText.trigger(trigger),
                actual: DefinitionText.trigger(other), parents: parents)
        }
        let wanted = Set(expected.triggers.map { ExactText($0.name) })
        for trigger in actual.triggers where !wanted.contains(ExactText(trigger.name)) {
            if trigger.isInherited, isPartitionedOtherwise(expected, actual) { continue }
            guard let parents = parentsThatExplain(expected, actual, isInherited: trigger.isInherited) else { continue }
            report(
                .extraTrigger, ObjectPath(.trigger, trigger.name, of: actual), expected: nil,
                actual: DefinitionText.trigger(trigger), parents: parents)
        }
    }

    /// Whether one of them is a partition of something else, or none: the triggers of the partitioned table come with
    /// the place in it and go with it.
    private func isPartitionedOtherwise(_ expected: Table, _ actual: Table) -> Bool {
        (expected.isPartition || actual.isPartition) && !expected.parents.isIdentical(to: actual.parents)
    }

    /// Policies of row-level security, by name.
    mutating func comparePolicies(_ expected: Table, _ actual: Table) {
        if expected.policies.isIdentical(to: actual.policies) { return }
        let others = Dictionary(actual.policies.map { (ExactText($0.name), $0) }, uniquingKeysWith: { $1 })
        for policy in expected.policies {
            let path = ObjectPath(.policy, policy.name, of: actual)
            guard let other = others[ExactText(policy.name)] else {
                report(.missingPolicy, path, expected: DefinitionText.policy(policy), actual: nil)
                continue
            }
            report(
                .policy, path,
                verdict(policy, other, of: expected, typesDiffer: haveOtherTypes(expected, actual)),
                expected: DefinitionText.policy(policy),
                actual: DefinitionText.policy(other))
        }
        let wanted = Set(expected.policies.map { ExactText($0.name) })
        for policy in actual.policies where !wanted.contains(ExactText(policy.name)) {
            report(
                .extraPolicy, ObjectPath(.policy, policy.name, of: actual), expected: nil,
                actual: DefinitionText.policy(policy))
        }
    }

    private mutating func verdict(
        _ expected: Policy, _ actual: Policy, of table: Table, typesDiffer: Bool
    ) -> TextVerdict {
        guard expected.isPermissive == actual.isPermissive, expected.command == actual.command,
            expected.roles.isIdentical(to: actual.roles)
        else { return .different }
        var verdict = TextVerdict.same
        for (left, right) in [(expected.using, actual.using), (expected.check, actual.check)] {
            guard left != nil || right != nil else { continue }
            guard let left, let right else { return .different }
            switch texts.compare(left, right, in: .policy(table: table.qualifiedName), typesDiffer: typesDiffer) {
            case .same: break
            case .different: return .different
            case .unknown(let reason): verdict = .unknown(reason)
            }
        }
        return verdict
    }
}
