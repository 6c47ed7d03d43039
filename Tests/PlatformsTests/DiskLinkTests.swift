import Foundation
import Testing

@testable import AgentRoutePlatforms

@Suite("Links on disk")
struct DiskLinkTests {
    private let files: DiskFiles
    private let platform: ManifestPlatform
    private let settings: String

    init() throws {
        files = try DiskFiles()
        settings = "\(files.root)/.claude/settings.json"
        let manifest = try #require(try ManifestCatalogue()["claude-code"])
        platform = ManifestPlatform(
            manifest,
            host: .init(
                files: files, environment: ["HOME": files.root], linksFolder: "\(files.root)/links",
                aliases: Linking.aliases))
    }

    @Test("a symbolic link stays one, and its target is written", arguments: [0o600, 0o640, 0o644])
    func symbolicLink(mode: Int) throws {
        let target = "\(files.root)/dotfiles/claude.json"
        try files.write(target, "{}\n", mode: mode)
        try FileManager.default.createDirectory(
            atPath: "\(files.root)/.claude", withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: settings, withDestinationPath: "../dotfiles/claude.json")
        _ = try platform.link(Linking.request())
        #expect(files.text(target)?.contains("ANTHROPIC_BASE_URL") == true)
        #expect(try files.mode(target) == mode)
        _ = try platform.unlink()
        #expect(files.text(target) == "{}\n")
        #expect(try files.mode(target) == mode)
        let destination = try FileManager.default.destinationOfSymbolicLink(atPath: settings)
        #expect(destination == "../dotfiles/claude.json")
    }

    @Test("the record, and a settings file that was not there, are for the user alone")
    func modes() throws {
        _ = try platform.link(Linking.request())
        #expect(try files.mode("\(files.root)/links/claude-code.json") == 0o600)
        #expect(try files.mode(settings) == 0o600)
        _ = try platform.unlink()
        #expect(files.text(settings) == nil)
        #expect(files.text("\(files.root)/links/claude-code.json") == nil)
    }

    @Test("a file without a write bit is refused and untouched")
    func readOnly() throws {
        try files.write(settings, "{}", mode: 0o444)
        let error = #expect(throws: LinkError.self) { try platform.link(Linking.request()) }
        #expect(error?.code == .notWritable)
        #expect(files.text(settings) == "{}")
        #expect(files.text("\(files.root)/links/claude-code.json") == nil)
    }
}
