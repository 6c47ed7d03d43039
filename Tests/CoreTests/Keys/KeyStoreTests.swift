import AgentRouteCore
import Testing

@Suite("Keys")
struct KeyStoreTests {
    private let plan = KeyPlan.store("openrouter")

    @Test("a key goes into a closed file where there is no keyring")
    func file() async throws {
        let fixture = try KeyFixture()
        #expect(!fixture.store.hasKeyring)
        let placement = try await fixture.store.set(Secret("sk-1"), for: "openrouter")
        #expect(placement.source == .file && placement.keyringFault == nil)
        #expect(fixture.folder.mode("keys") == 0o700)
        #expect(fixture.folder.mode("keys/openrouter") == 0o600)
        let answer = await fixture.store.answer(for: plan)
        #expect(answer.value == "sk-1" && answer.source == .file)
        #expect(try await fixture.store.clear("openrouter") == [.file])
        #expect(try await fixture.store.clear("openrouter") == [])
        #expect(await fixture.store.answer(for: plan).source == .none)
    }

    @Test("a key goes into the keyring where there is one, and out of the file")
    func keyring() async throws {
        let fixture = try KeyFixture(MemoryKeyring())
        try await fixture.store.set(Secret("sk-old"), for: "openrouter", in: .file)
        let placement = try await fixture.store.set(Secret("sk-1"), for: "openrouter")
        #expect(placement.source == .keyring && placement.keyringFault == nil)
        #expect(fixture.keyring?["openrouter"] == "sk-1")
        #expect(fixture.text("keys/openrouter") == nil)
        let answer = await fixture.store.answer(for: plan)
        #expect(answer.value == "sk-1" && answer.source == .keyring)
        #expect(try await fixture.store.clear("openrouter") == [.keyring])
        #expect(try await fixture.store.clear("openrouter") == [])
    }

    @Test("a key put into a file by force is not outdone by the one the keyring had")
    func forcedFile() async throws {
        let fixture = try KeyFixture(MemoryKeyring())
        try await fixture.store.set(Secret("sk-old"), for: "openrouter")
        let placement = try await fixture.store.set(Secret("sk-new"), for: "openrouter", in: .file)
        #expect(placement.source == .file)
        #expect(fixture.keyring?["openrouter"] == nil)
        #expect(await fixture.store.answer(for: plan).value == "sk-new")
    }

    @Test("the environment wins over the keyring, the keyring over the file")
    func precedence() async throws {
        let fixture = try KeyFixture(MemoryKeyring(), environment: ["OPENROUTER_API_KEY": "sk-env"])
        try await fixture.store.set(Secret("sk-ring"), for: "openrouter")
        try AtomicFile.write(
            path: "\(fixture.folder.path)/keys/openrouter", bytes: Array("sk-file\n".utf8))
        let first = await fixture.store.answer(for: plan)
        #expect(first.value == "sk-env" && first.source == .environment)
        let without = KeyStore(
            directories: fixture.directories,
            environment: [:], keyring: fixture.keyring)
        #expect(await without.answer(for: plan).value == "sk-ring")
        #expect(try await without.clear("openrouter") == [.keyring, .file])
    }

    @Test("a keyring that fails is passed over and said so, and an error where it must be the one")
    func failing() async throws {
        let fault = KeyError.keyring(reason: "the bus is gone")
        let fixture = try KeyFixture(MemoryKeyring(fault: fault))
        let none = await fixture.store.answer(for: plan)
        #expect(none.source == .none && none.reason.hasSuffix("the bus is gone"))
        let placement = try await fixture.store.set(Secret("sk-1"), for: "openrouter")
        #expect(placement.source == .file && placement.keyringFault == fault)
        #expect(await fixture.store.answer(for: plan).value == "sk-1")
        await #expect(throws: fault) {
            try await fixture.store.set(Secret("sk-2"), for: "openrouter", in: .keyring)
        }
        await #expect(throws: fault) { try await fixture.store.clear("openrouter") }
        #expect(fixture.text("keys/openrouter") == nil)
        await #expect(throws: KeyError.self) {
            try await KeyFixture().store.set(Secret("sk-2"), for: "openrouter", in: .keyring)
        }
    }

    @Test("a file others may read is refused with the command that mends it")
    func exposed() async throws {
        let fixture = try KeyFixture()
        let path = "\(fixture.folder.path)/keys/openrouter"
        for mode in [0o640, 0o604, 0o620] as [UInt16] {
            try AtomicFile.write(path: path, bytes: Array("sk-1".utf8), mode: mode)
            let answer = await fixture.store.answer(for: plan)
            #expect(answer.value == nil && answer.source == .none)
            #expect(answer.reason.contains("run: chmod 600 \(path)"))
            #expect(!answer.reason.contains("sk-1"))
        }
    }

    @Test(
        "a key loses one line end and must be visible ASCII",
        arguments: [
            ("sk-1", true), ("sk-1\n", true), ("sk-1\r\n", true), ("sk-1\n\n", false), ("", false),
            ("\n", false), ("sk 1", false), ("sk-1\r\nx: y", false), ("sk-é", false),
        ])
    func text(text: String, isKey: Bool) {
        let key = try? Secret(keyText: Array(text.utf8))
        #expect(key == (isKey ? Secret("sk-1") : nil))
    }

    @Test(
        "a provider's name that is no file name is refused", arguments: ["", "../x", "a/b", ".x"])
    func names(name: String) async throws {
        let fixture = try KeyFixture()
        await #expect(throws: KeyError.self) { try await fixture.store.set(Secret("k"), for: name) }
        await #expect(throws: KeyError.self) { try await fixture.store.clear(name) }
        #expect(fixture.folder.entries().isEmpty)
    }
}
