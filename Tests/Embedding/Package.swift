// swift-tools-version: 6.2
import PackageDescription

// A program of somebody else's with AgentRouteCore inside. `make test` builds and runs it.
let package = Package(
    name: "embedding",
    // The name is given because SwiftPM would take that of the folder the clone is in.
    dependencies: [.package(name: "agentroute", path: "../..")],
    targets: [
        .executableTarget(
            name: "embedding",
            dependencies: [
                .product(name: "AgentRouteCore", package: "agentroute"),
                .product(name: "AgentRoutePlatforms", package: "agentroute"),
            ],
            swiftSettings: [
                .enableUpcomingFeature("ExistentialAny"),
                .enableUpcomingFeature("MemberImportVisibility"),
                .treatAllWarnings(as: .error),
            ])
    ],
    swiftLanguageModes: [.v6]
)
