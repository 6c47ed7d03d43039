// swift-tools-version: 6.2
import PackageDescription

/// Settings of every Swift target.
let house: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

/// Settings of the targets that touch no socket, clock or loop.
let pure: [SwiftSetting] = house + [.strictMemorySafety()]

/// Settings of our own C; vendored C is built as its authors ship it.
let ownC: [CSetting] = [
    .enableWarning("all"), .enableWarning("extra"), .treatAllWarnings(as: .error),
    .define("_GNU_SOURCE"),
]

let package = Package(
    name: "agentroute",
    products: [
        .executable(name: "agentroute", targets: ["agentroute"]),
        .library(name: "AgentRouteCore", targets: ["AgentRouteCore"]),
        .library(name: "AgentRoutePlatforms", targets: ["AgentRoutePlatforms"]),
    ],
    targets: [
        // The program.
        .executableTarget(
            name: "agentroute", dependencies: ["AgentRouteCLI"], swiftSettings: house),
        .target(
            name: "AgentRouteCLI", dependencies: ["AgentRoutePlatforms", "AgentRouteCore"],
            swiftSettings: house),
        .target(
            name: "AgentRoutePlatforms", dependencies: ["AgentRouteWire"],
            // A link to the top-level folder: SwiftPM takes resources from a target's own only.
            exclude: ["manifests/examples"], resources: [.embedInCode("manifests")],
            swiftSettings: house),

        // The library.
        .target(
            name: "AgentRouteCore",
            dependencies: ["AgentRouteTranslation", "AgentRouteWire", "AgentRouteIO"],
            resources: [.embedInCode("Sidecar/requirements.txt")], swiftSettings: house),
        .target(
            name: "AgentRouteTranslation", dependencies: ["AgentRouteWire"], swiftSettings: pure),
        .target(name: "AgentRouteWire", dependencies: ["CAgentRouteYYJSON"], swiftSettings: pure),
        .target(name: "AgentRouteIO", dependencies: ["CAgentRouteIO"], swiftSettings: house),

        // The C core and what it stands on.
        .target(
            name: "CAgentRouteIO",
            dependencies: ["CAgentRouteUV", "CAgentRouteLLHTTP", "CAgentRouteTLS"],
            path: "CSources/CAgentRouteIO", cSettings: ownC),
        .target(
            name: "CAgentRouteTLS", dependencies: ["CAgentRouteOpenSSL"],
            path: "CSources/CAgentRouteTLS", cSettings: ownC),
        .target(
            name: "CAgentRouteLLHTTP", path: "CSources/CAgentRouteLLHTTP",
            exclude: ["llhttp"], sources: ["build"]),
        .target(
            name: "CAgentRouteYYJSON", path: "CSources/CAgentRouteYYJSON",
            exclude: ["yyjson"], sources: ["build"]),
        .systemLibrary(
            name: "CAgentRouteUV", path: "CSources/CAgentRouteUV", pkgConfig: "libuv",
            providers: [.apt(["libuv1-dev"])]),
        .systemLibrary(
            name: "CAgentRouteOpenSSL", path: "CSources/CAgentRouteOpenSSL", pkgConfig: "openssl",
            providers: [.apt(["libssl-dev"])]),

        // Not products.
        .target(
            name: "AgentRouteTesting",
            dependencies: ["AgentRouteCore", "AgentRouteIO", "AgentRouteWire"], swiftSettings: house
        ),
        .executableTarget(
            name: "AgentRouteBenchmarks",
            path: "Benchmarks/AgentRouteBenchmarks", swiftSettings: house),

        .testTarget(name: "WireTests", dependencies: ["AgentRouteWire"], swiftSettings: house),
        .testTarget(
            name: "TranslationTests", dependencies: ["AgentRouteTranslation", "AgentRouteWire"],
            // Read by path: a golden is a file beside its input.
            exclude: ["Fixtures"], swiftSettings: house),
        .testTarget(
            name: "IOTests", dependencies: ["AgentRouteIO", "AgentRouteTesting"],
            swiftSettings: house),
        .testTarget(
            name: "CoreTests",
            dependencies: [
                "AgentRouteCore", "AgentRouteTesting", "AgentRouteWire", "AgentRouteIO",
            ],
            swiftSettings: house),
        .testTarget(
            name: "PlatformsTests", dependencies: ["AgentRoutePlatforms", "AgentRouteWire"],
            swiftSettings: house),
        .testTarget(
            name: "CLITests",
            dependencies: ["AgentRouteCLI", "AgentRouteCore", "AgentRouteTesting"],
            swiftSettings: house),
        .testTarget(
            name: "ConformanceTests",
            dependencies: [
                "AgentRouteCore", "AgentRouteIO", "AgentRouteTesting", "AgentRouteWire",
            ],
            swiftSettings: house),
        .testTarget(name: "RepositoryTests", swiftSettings: house),
    ],
    swiftLanguageModes: [.v6],
    cLanguageStandard: .gnu11
)
