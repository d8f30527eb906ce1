// swift-tools-version: 6.2
import PackageDescription

/// One strict list for every target: a warning is an error, in every configuration.
let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .enableUpcomingFeature("ImmutableWeakCaptures"),
]

/// The same, for the targets that touch C: each unsafe expression is marked where it stands.
let strictWithC: [SwiftSetting] = strict + [.strictMemorySafety()]

/// The modules of Python that the agent sends into a project's interpreter.
let runner = [
    "agent", "application", "connections", "create", "describe", "errors", "hidden", "load", "main", "migrate",
    "replay", "run", "session", "sources",
]

let package = Package(
    name: "schemad",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "schemad", targets: ["schemad"]),
        .executable(name: "adminctl", targets: ["adminctl"]),
        .executable(name: "hookbridge", targets: ["hookbridge"]),
        .library(name: "AgentClient", targets: ["AgentClient"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
    ],
    targets: [
        // C libraries: module maps and static-inline shims.
        .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CPosix"),

        // TOML with positions, for every file that a person writes.
        .target(
            name: "Settings", dependencies: [.product(name: "TOMLKit", package: "TOMLKit")],
            swiftSettings: strictWithC),

        // Pure values: no input, no output.
        .target(name: "Revisions", swiftSettings: strict),
        .target(name: "Schema", swiftSettings: strict),
        .target(name: "Diagnosis", dependencies: ["Revisions", "Schema"], swiftSettings: strict),

        // Shared with the clients.
        .target(name: "Wire", dependencies: ["Revisions", "Schema", "Diagnosis"], swiftSettings: strict),
        .target(name: "Tokens", dependencies: ["COpenSSL", "Settings"], swiftSettings: strictWithC),

        // The agent's rooms; none of them knows another.
        .target(
            name: "Postgres",
            dependencies: [
                "CLibPQ", "Schema", .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strictWithC),
        .target(
            name: "Alembic",
            dependencies: [
                "Revisions", "Schema", "Settings",
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            resources: runner.map { .embedInCode("Runner/schemad_runner/\($0).py") },
            swiftSettings: strict),
        .target(name: "Journal", dependencies: [.product(name: "GRDB", package: "GRDB.swift")], swiftSettings: strict),
        .target(
            name: "Agent",
            dependencies: [
                "Alembic", "CPosix", "Settings", "Diagnosis", "Journal", "Postgres", "Revisions", "Schema", "Tokens",
                "Wire",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strictWithC),
        .executableTarget(
            name: "schemad",
            dependencies: [
                "Agent", "Settings", .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),

        // Clients: they see the wire and the tokens, never the database.
        .target(
            name: "AgentClient", dependencies: ["CPosix", "Tokens", "Wire"], path: "clients/swift/AgentClient",
            swiftSettings: strictWithC),
        .executableTarget(
            name: "adminctl",
            dependencies: [
                "AgentClient", "Diagnosis", "Revisions", "Schema", "Tokens", "Wire",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "clients/swift/adminctl", swiftSettings: strict),
        .executableTarget(
            name: "hookbridge",
            dependencies: [
                "AgentClient", "Settings", "Tokens", "Wire",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Hummingbird", package: "hummingbird"),
            ],
            path: "clients/swift/hookbridge", swiftSettings: strict),

        // Tests: a folder per module, and the programs themselves against real servers.
        .target(
            name: "Support",
            dependencies: ["Postgres", .product(name: "Subprocess", package: "swift-subprocess")],
            path: "Tests/Support", swiftSettings: strict),
        .testTarget(name: "SettingsTests", dependencies: ["Settings"], swiftSettings: strict),
        .testTarget(name: "RevisionsTests", dependencies: ["Revisions"], swiftSettings: strict),
        .testTarget(name: "SchemaTests", dependencies: ["Schema"], swiftSettings: strict),
        .testTarget(name: "DiagnosisTests", dependencies: ["Diagnosis", "Revisions", "Schema"], swiftSettings: strict),
        .testTarget(name: "WireTests", dependencies: ["Wire", "Support"], swiftSettings: strict),
        .testTarget(name: "TokensTests", dependencies: ["Tokens", "Support"], swiftSettings: strict),
        .testTarget(name: "PostgresTests", dependencies: ["Postgres", "Schema", "Support"], swiftSettings: strict),
        .testTarget(
            name: "AlembicTests", dependencies: ["Alembic", "Postgres", "Revisions", "Schema", "Support"],
            swiftSettings: strict),
        .testTarget(name: "JournalTests", dependencies: ["Journal"], swiftSettings: strict),
        .testTarget(
            name: "AgentTests",
            dependencies: [
                "Agent", "Diagnosis", "Journal", "Postgres", "Revisions", "Schema", "Settings", "Support", "Tokens",
                "Wire",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "AgentClientTests", dependencies: ["AgentClient", "CPosix", "Support", "Tokens", "Wire"],
            path: "Tests/AgentClientTests", swiftSettings: strict),
        .testTarget(
            name: "HookbridgeTests",
            dependencies: [
                "hookbridge", "Settings", "Tokens", "Wire", .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "AdminctlTests",
            dependencies: ["adminctl", .product(name: "ArgumentParser", package: "swift-argument-parser")],
            swiftSettings: strict),
        .testTarget(
            name: "Agreement", dependencies: ["Revisions", "Support", "Wire", "schemad"], exclude: ["oracle"],
            swiftSettings: strict),
        .testTarget(
            name: "Integration",
            dependencies: [
                "AgentClient", "Diagnosis", "Postgres", "Revisions", "Schema", "Support", "Tokens", "Wire", "schemad",
                "adminctl", "hookbridge",
                .product(name: "Subprocess", package: "swift-subprocess"),
            ],
            path: "Tests/Integration", swiftSettings: strict),
        .executableTarget(
            name: "benchmarks",
            dependencies: [
                "Alembic", "Postgres", "Revisions", "Support", "Tokens",
                .product(name: "Subprocess", package: "swift-subprocess"),
            ],
            path: "Tests/Benchmarks", exclude: ["migra", "Reference"], swiftSettings: strict),
        // What the agent's answers are measured against.
        .executableTarget(
            name: "reference", path: "Tests/Benchmarks/Reference",
            linkerSettings: [.linkedLibrary("crypto")]),
    ]
)
