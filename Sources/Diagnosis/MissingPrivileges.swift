package import Revisions
package import Schema
import Text

/// The privileges that some revisions need and the role lacks. Never empty.
package struct MissingPrivileges: Sendable {
    /// One privilege, or the ownership of one object.
    package enum Privilege: Hashable, Sendable {
        /// CREATE on the database.
        case database
        /// USAGE, CREATE or both on a schema.
        case schema(String, usage: Bool, creation: Bool)
        /// INSERT, UPDATE or DELETE on the version table.
        case rows(Set<RolePrivileges.RowStatement>)
        case ownership(ObjectKey)
        /// REFERENCES or TRIGGER on a table that another role owns.
        case table(ObjectKey, String)
    }

    package private(set) var privileges: RolePrivileges
    /// Each with the revisions that need it, in the order in which they run.
    package private(set) var missing: [(privilege: Privilege, revisions: [String])] = []
    /// Whether the revisions fail for certain; otherwise a routine may act with the privileges of its owner.
    package private(set) var isCertain: Bool
    private let versionTable: VersionTableFacts

    /// - Parameters:
    ///   - steps: the revisions, in the order in which they run.
    ///   - rows: the rows of the version table before them.
    /// - Returns: nil when the role lacks nothing that the revisions are known to need.
    package init?(
        for steps: [String], from rows: [String], graph: RevisionGraph, versionTable: VersionTableFacts,
        _ facts: PrivilegeFacts
    ) {
        privileges = facts.role
        self.versionTable = versionTable
        isCertain = true
        // A revision that switches the role leaves it switched for the next ones.
        let own = Array(steps.prefix { !facts.roleSwitches.contains($0) })
        guard let first = own.first else { return nil }
        if versionTable.isMissing {
            create(in: versionTable.schema, for: first)
        } else {
            addRowStatements(of: own, from: rows, graph)
        }
        let certain = missing.count
        addOperations(of: own, facts.operations)
        guard !missing.isEmpty else { return nil }
        isCertain = certain > 0 || !facts.hasSecurityDefiner
    }

    /// The revisions that need any of them.
    package var revisions: Set<String> { Set(missing.flatMap(\.revisions)) }

    private mutating func add(_ privilege: Privilege, for revision: String) {
        if let index = missing.firstIndex(where: { $0.privilege == privilege }) {
            if missing[index].revisions.last != revision { missing[index].revisions.append(revision) }
        } else {
            missing.append((privilege, [revision]))
        }
    }

    // MARK: - Rows

    /// Alembic updates the row of a parent, inserts a row for a new branch, and deletes rows where branches merge
    /// (`HeadMaintainer.update_to_step`).
    private mutating func addRowStatements(of steps: [String], from rows: [String], _ graph: RevisionGraph) {
        guard let allowed = privileges.rowStatements else { return }
        var heads = Set(rows)
        var needs: [(revision: String, statements: Set<RolePrivileges.RowStatement>)] = []
        for step in steps {
            let parents = Set((graph[step]?.down ?? []) + graph.normalizedDependencies(of: step))
            let replaced = heads.intersection(parents)
            let statements: Set<RolePrivileges.RowStatement> =
                replaced.isEmpty ? [.insert] : replaced.count > 1 ? [.delete, .update] : [.update]
            if !statements.isSubset(of: allowed) { needs.append((step, statements.subtracting(allowed))) }
            heads = heads.subtracting(replaced).union([step])
        }
        guard !needs.isEmpty else { return }
        let all = needs.reduce(into: Set()) { $0.formUnion($1.statements) }
        for need in needs { add(.rows(all), for: need.revision) }
    }

    // MARK: - Objects

    private mutating func addOperations(of steps: [String], _ operations: [String: [PrivilegedOperation]]) {
        // What the revisions create belongs to the role.
        var created: Set<ObjectKey> = []
        for step in steps {
            for operation in operations[step] ?? [] {
                let key = operation.object
                switch operation {
                case .creates:
                    created.insert(key)
                    if key.category == .schema {
                        if !privileges.allowsSchemas, privileges.schemas[key.name] == nil { add(.database, for: step) }
                    } else {
                        create(in: key.schema, for: step)
                    }
                default:
                    guard !created.contains(key) else { continue }
                    require(operation, for: step)
                }
            }
        }
    }

    /// A schema that does not exist is created by a revision, and belongs to the role then.
    private mutating func create(in name: String, for revision: String) {
        guard let schema = privileges.schemas[name], !(schema.allowsUsage && schema.allowsCreation) else { return }
        add(.schema(name, usage: !schema.allowsUsage, creation: !schema.allowsCreation), for: revision)
    }

    private mutating func require(_ operation: PrivilegedOperation, for revision: String) {
        let key = operation.object
        let object = privileges.foreignObjects[key]
        switch operation {
        case .creates: break
        case .addsIndex: create(in: key.schema, for: revision)
        case .alters where object != nil: add(.ownership(key), for: revision)
        case .drops where object.map { !$0.ownsSchema } ?? false: add(.ownership(key), for: revision)
        case .references where object.map { !$0.allowsReferences } ?? false:
            add(.table(key, "REFERENCES"), for: revision)
        case .addsTrigger where object.map { !$0.allowsTriggers } ?? false:
            add(.table(key, "TRIGGER"), for: revision)
        case .alters, .drops, .references, .addsTrigger: break
        }
    }
}

// MARK: - Text

extension MissingPrivileges {
    private var role: String { SQLIdentifier.quoted(privileges.role) }

    /// What the role lacks, as clauses: `CREATE on schema public`.
    package var clauses: [String] { missing.map { clause($0.privilege) } }

    private func clause(_ privilege: Privilege) -> String {
        switch privilege {
        case .database: "CREATE on database \(SQLIdentifier.quoted(privileges.database))"
        case .schema(let name, let usage, let creation):
            "\(Self.words(usage, creation)) on schema \(SQLIdentifier.quoted(name))"
        case .rows(let statements): "\(Self.words(statements)) on \(versionTable.sql)"
        case .table(let key, let privilege): "\(privilege) on \(Self.name(key))"
        case .ownership(let key):
            "the ownership of \(key.category == .type ? "type " : "")\(Self.name(key)), which belongs to "
                + SQLIdentifier.quoted(privileges.foreignObjects[key]?.owner ?? "")
        }
    }

    /// One line for each privilege, with the revisions that need it.
    package var evidence: [String] {
        missing.map { entry in
            "\(clause(entry.privilege)): needed by \(SafeText.list(entry.revisions, limit: .max))"
        }
    }

    private static func words(_ usage: Bool, _ creation: Bool) -> String {
        [usage ? "USAGE" : nil, creation ? "CREATE" : nil].compactMap(\.self).joined(separator: ", ")
    }

    private static func words(_ statements: Set<RolePrivileges.RowStatement>) -> String {
        RolePrivileges.RowStatement.allCases.filter(statements.contains).map(\.rawValue).joined(separator: ", ")
    }

    private static func name(_ key: ObjectKey) -> String { TableName(schema: key.schema, name: key.name).sql() }

    /// The statements that give the role what it lacks, in the least far-reaching way: an object keeps its owner where
    /// the role can become a member of it.
    package var statements: [String] {
        var result: [String] = []
        var owners: [String] = []
        for (privilege, _) in missing {
            switch privilege {
            case .database:
                result.append("GRANT CREATE ON DATABASE \(SQLIdentifier.quoted(privileges.database)) TO \(role);")
            case .schema(let name, let usage, let creation):
                result.append(
                    "GRANT \(Self.words(usage, creation)) ON SCHEMA \(SQLIdentifier.quoted(name)) TO \(role);")
            case .rows:
                result.append("GRANT SELECT, INSERT, UPDATE, DELETE ON \(versionTable.sql) TO \(role);")
            case .table(let key, let privilege):
                result.append("GRANT \(privilege) ON \(Self.name(key)) TO \(role);")
            case .ownership(let key):
                guard let object = privileges.foreignObjects[key] else { continue }
                if !object.isOwnerGrantable {
                    result.append(
                        "ALTER \(key.category == .type ? "TYPE" : "TABLE") \(Self.name(key)) OWNER TO \(role);")
                } else if !owners.contains(object.owner) {
                    owners.append(object.owner)
                    result += grant(of: object)
                }
            }
        }
        return result
    }

    /// Makes the role a member of an owner, with the owner's privileges. Since PostgreSQL 16 that is a property of the
    /// membership, before one of the role.
    private func grant(of object: RolePrivileges.ForeignObject) -> [String] {
        let grant = "GRANT \(SQLIdentifier.quoted(object.owner)) TO \(role)"
        if privileges.inherits, !object.isMember { return [grant + ";"] }
        if privileges.serverVersion >= 160_000 { return [grant + " WITH INHERIT TRUE;"] }
        return privileges.inherits ? [grant + ";"] : [grant + ";", "ALTER ROLE \(role) INHERIT;"]
    }

    /// Whether env.py could use the privileges of the owners with SET ROLE.
    package var isMemberWithoutInheriting: Bool {
        missing.contains { entry in
            guard case .ownership(let key) = entry.privilege else { return false }
            return privileges.foreignObjects[key]?.isMember ?? false
        }
    }
}
