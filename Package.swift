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
    "agent", "application", "connections", "create", "describe", "errors", "hidden", "load", "locate", "main",
    "migrate", "nested", "options", "replay", "run", "session", "sources", "versions",
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
        .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CPosix"),

        // Pure values: no input, no output.
        .target(name: "Text", swiftSettings: strict),
        .target(name: "Revisions", dependencies: ["Text"], swiftSettings: strict),
        .target(name: "Scripts", dependencies: ["Revisions", "Text"], swiftSettings: strict),
        .target(name: "Schema", dependencies: ["Text"], swiftSettings: strict),
        .target(name: "Diagnosis", dependencies: ["Revisions", "Schema", "Text"], swiftSettings: strict),
        .target(
            name: "Plans", dependencies: ["Diagnosis", "Digests", "Revisions", "Schema", "Text"], swiftSettings: strict),
        .target(name: "Terminal", dependencies: ["Diagnosis", "Revisions", "Text"], swiftSettings: strict),
        .target(name: "Wire", dependencies: ["Diagnosis", "Revisions", "Schema", "Text"], swiftSettings: strict),

        // The system: files, threads and clocks, settings, keys.
        .target(name: "Runtime", dependencies: ["CPosix"], swiftSettings: strictWithC),
        .target(name: "Digests", dependencies: ["COpenSSL"], swiftSettings: strictWithC),
        .target(name: "Files", dependencies: ["CPosix", "Digests", "Text"], swiftSettings: strictWithC),
        .target(
            name: "Settings", dependencies: ["Files", .product(name: "TOMLKit", package: "TOMLKit")],
            swiftSettings: strictWithC),
        .target(name: "Tokens", dependencies: ["COpenSSL", "Digests"], swiftSettings: strictWithC),
        .target(
            name: "KeyFiles", dependencies: ["Files", "Settings", "Text", "Tokens"], swiftSettings: strictWithC),

        // The agent's sources of facts; none of them knows another.
        .target(
            name: "Postgres",
            dependencies: [
                "CLibPQ", "Files", "Runtime", "Schema", .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strictWithC),
        .target(
            name: "Alembic",
            dependencies: [
                "Files", "Revisions", "Schema", "Scripts", "Settings", "Text",
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            resources: runner.map { .embedInCode("Runner/schemad_runner/\($0).py") },
            swiftSettings: strict),
        .target(
            name: "Journal", dependencies: ["Files", "Runtime", .product(name: "GRDB", package: "GRDB.swift")],
            swiftSettings: strict),

        // The agent: facts, jobs, requests.
        .target(
            name: "Inspection",
            dependencies: [
                "Alembic", "Diagnosis", "Digests", "Files", "Postgres", "Revisions", "Runtime", "Schema",
            ],
            swiftSettings: strictWithC),
        .target(
            name: "Jobs",
            dependencies: [
                "Alembic", "Diagnosis", "Inspection", "Journal", "Plans", "Postgres", "Revisions", "Runtime", "Schema",
                "Text", "Wire",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        .target(
            name: "Agent",
            dependencies: [
                "Alembic", "CPosix", "Diagnosis", "Files", "Inspection", "Jobs", "Journal", "KeyFiles", "Plans",
                "Postgres", "Revisions", "Runtime", "Schema", "Settings", "Tokens", "Wire",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strictWithC),
        .target(
            name: "Offline",
            dependencies: [
                "Alembic", "Files", "Inspection", "KeyFiles", "Postgres", "Revisions", "Schema", "Terminal", "Text",
                "Wire",
            ],
            swiftSettings: strictWithC),
        .executableTarget(
            name: "schemad",
            dependencies: [
                "Agent", "Offline", "Settings", .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),

        // Clients: they see the wire and the tokens, never the database.
        .target(
            name: "AgentClient", dependencies: ["CPosix", "Files", "KeyFiles", "Tokens", "Wire"],
            path: "clients/swift/AgentClient",
            swiftSettings: strictWithC),
        .target(
            name: "AdminCommands",
            dependencies: [
                "AgentClient", "Diagnosis", "Files", "KeyFiles", "Revisions", "Schema", "Terminal", "Text", "Tokens",
                "Wire",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "clients/swift/AdminCommands", swiftSettings: strict),
        .executableTarget(
            name: "adminctl", dependencies: ["AdminCommands"], path: "clients/swift/adminctl",
            swiftSettings: strict),
        .target(
            name: "WebhookBridge",
            dependencies: [
                "AgentClient", "Digests", "Files", "Settings", "Tokens", "Wire",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Hummingbird", package: "hummingbird"),
            ],
            path: "clients/swift/WebhookBridge", swiftSettings: strict),
        .executableTarget(
            name: "hookbridge", dependencies: ["WebhookBridge"], path: "clients/swift/hookbridge",
            swiftSettings: strict),

        .target(
            name: "Support",
            dependencies: ["Postgres", "Revisions", .product(name: "Subprocess", package: "swift-subprocess")],
            path: "Tests/Support", swiftSettings: strict),
        .testTarget(name: "TextTests", dependencies: ["Text"], swiftSettings: strict),
        .testTarget(name: "RuntimeTests", dependencies: ["Runtime"], swiftSettings: strict),
        .testTarget(name: "DigestsTests", dependencies: ["Digests"], swiftSettings: strict),
        .testTarget(name: "FilesTests", dependencies: ["Digests", "Files", "Support"], swiftSettings: strict),
        .testTarget(name: "ScriptsTests", dependencies: ["Revisions", "Scripts"], swiftSettings: strict),
        .testTarget(
            name: "TerminalTests", dependencies: ["Diagnosis", "Revisions", "Support", "Terminal"],
            swiftSettings: strict),
        .testTarget(
            name: "KeyFilesTests", dependencies: ["KeyFiles", "Support", "Tokens"], swiftSettings: strict),
        .testTarget(
            name: "SettingsTests", dependencies: ["Files", "Settings", "Support", "Text"], swiftSettings: strict),
        .testTarget(name: "RevisionsTests", dependencies: ["Revisions", "Support"], swiftSettings: strict),
        .testTarget(name: "SchemaTests", dependencies: ["Schema"], swiftSettings: strict),
        .testTarget(name: "DiagnosisTests", dependencies: ["Diagnosis", "Revisions", "Schema"], swiftSettings: strict),
        .testTarget(name: "WireTests", dependencies: ["Wire", "Support"], swiftSettings: strict),
        .testTarget(name: "TokensTests", dependencies: ["Digests", "Support", "Tokens"], swiftSettings: strict),
        .testTarget(name: "PostgresTests", dependencies: ["Postgres", "Schema", "Support"], swiftSettings: strict),
        .testTarget(
            name: "AlembicTests",
            dependencies: ["Alembic", "Files", "Postgres", "Revisions", "Schema", "Scripts", "Support"],
            swiftSettings: strict),
        .testTarget(name: "JournalTests", dependencies: ["Journal"], swiftSettings: strict),
        .testTarget(
            name: "AgentClientTests", dependencies: ["AgentClient", "CPosix", "KeyFiles", "Support", "Tokens", "Wire"],
            path: "Tests/AgentClientTests", swiftSettings: strict),
        .testTarget(
            name: "HookbridgeTests",
            dependencies: [
                "Digests", "Settings", "Tokens", "WebhookBridge", "Wire",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "AdminctlTests",
            dependencies: [
                "AdminCommands", "Wire", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "PlansTests", dependencies: ["Diagnosis", "Plans", "Revisions", "Schema"], swiftSettings: strict),
        .testTarget(
            name: "InspectionTests",
            dependencies: [
                "Alembic", "Diagnosis", "Files", "Inspection", "Postgres", "Revisions", "Schema", "Support",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "JobsTests",
            dependencies: [
                "Alembic", "Diagnosis", "Inspection", "Jobs", "Journal", "Plans", "Postgres", "Revisions", "Runtime",
                "Schema", "Support", "Wire",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "AgentTests",
            dependencies: [
                "Agent", "Alembic", "Diagnosis", "Inspection", "Jobs", "Journal", "KeyFiles", "Revisions", "Schema",
                "Settings", "Support", "Tokens", "Wire", .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "OfflineTests",
            dependencies: ["Agent", "Alembic", "Inspection", "Offline", "Revisions", "Support", "Wire"],
            swiftSettings: strict),
        .testTarget(
            name: "Agreement", dependencies: ["Revisions", "Support", "Text", "Wire", "schemad"], exclude: ["oracle"],
            swiftSettings: strict),
        .testTarget(
            name: "Integration",
            dependencies: [
                "Diagnosis", "KeyFiles", "Plans", "Postgres", "Revisions", "Schema", "Support", "Tokens", "Wire",
                "adminctl", "hookbridge", "schemad",
            ],
            path: "Tests/Integration", swiftSettings: strict),
        .executableTarget(
            name: "benchmarks",
            dependencies: [
                "Alembic", "Digests", "KeyFiles", "Postgres", "Revisions", "Support", "Tokens",
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            path: "Tests/Benchmarks", exclude: ["migra", "Reference"], swiftSettings: strict),
        // What the agent's responses are measured against.
        .executableTarget(
            name: "reference", path: "Tests/Benchmarks/Reference",
            linkerSettings: [.linkedLibrary("crypto")]),
    ]
)
