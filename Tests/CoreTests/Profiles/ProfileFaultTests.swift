import AgentRouteCore
import AgentRouteTesting
import Foundation
import Synchronization
import Testing

@Suite("Broken profiles, reloading, and several writers", .onOwnThread)
struct ProfileFaultTests {
    private let fixture: ProfileFixture

    init() throws {
        fixture = try ProfileFixture()
        try fixture.store.create("good", models: [.heavy: try ModelReference("lab/a")])
    }

    @Test(
        "a broken file is listed with its fault, cannot be activated, and harms no other",
        arguments: [
            ("{ \"heavy\": \"nowhere/x\" }", "heavy: there is no provider \"nowhere\""),
            ("{ \"heavy\": \"x\" }", "heavy: expected provider/model, found no slash"),
            ("{ \"havy\": \"lab/x\" }", "havy: unknown key (did you mean \"heavy\"?)"),
            ("{ \"strict\": 1 }", "strict: expected true or false, found a number"),
            ("[]", "expected an object, found an array"),
            ("{", "line 1"),
        ])
    func broken(text: String, fault: String) throws {
        try fixture.write(text, to: "profiles/bad.json")
        let snapshot = try fixture.store.read()
        let entry = try #require(snapshot.entry("bad"))
        #expect(entry.faults.count == 1)
        #expect(entry.faults.first?.description.hasPrefix(fault) == true, "\(entry.faults)")
        let refused = profileError { try fixture.store.activate("bad") }
        #expect(refused?.kind == .broken)
        #expect(try fixture.store.read().active == "good")
        #expect(try snapshot.resolve().profiles.map(\.name) == ["good"])
    }

    @Test("an active profile that breaks is an error, and mended by setting its models")
    func activeBreaks() throws {
        try fixture.write("{ \"heavy\": \"gone/x\" }", to: "profiles/good.json")
        let error = profileError { _ = try fixture.store.read().resolve() }
        #expect(error?.kind == .broken)
        #expect(error?.description.contains("profiles/good.json") == true)
        try fixture.store.set("good", models: [.heavy: try ModelReference("lab/b")])
        #expect(try fixture.model(.heavy) == "lab/b")
    }

    @Test("a choice that names nothing, or is no choice, is said so, and mended by activating")
    func brokenChoice() throws {
        try fixture.write("{ \"activeProfile\": \"gone\" }", to: "active-profile.json")
        #expect(profileError { _ = try fixture.store.read().resolve() }?.kind == .notFound)
        try fixture.write("nonsense", to: "active-profile.json")
        #expect(profileError { _ = try fixture.store.read().resolve() }?.kind == .broken)
        #expect(try fixture.store.read().resolve(active: "good").activeProfile == "good")
        try fixture.store.activate("good")
        #expect(try fixture.store.read().resolve().activeProfile == "good")
    }

    @Test("temporary and hidden files in the folder are no profiles")
    func strangers() throws {
        for name in ["good.json.1.2.tmp", ".hidden.json", "notes.txt"] {
            try fixture.write("nonsense", to: "profiles/\(name)")
        }
        #expect(try fixture.store.read().entries.map(\.name) == ["good"])
    }

    @Test("a snapshot knows that something was changed, in place or in one step")
    func changes() throws {
        let actions: [(ProfileFixture) throws -> Void] = [
            { try $0.write("{ \"heavy\": \"lab/longer\" }", to: "profiles/good.json") },
            { try $0.store.set("good", models: [.heavy: try ModelReference("lab/b")]) },
            { try $0.store.create("new", models: [.heavy: try ModelReference("lab/b")]) },
            { try $0.store.activate("new") },
            { try $0.store.delete("good") },
            { try AtomicFile.remove($0.directories.activeProfileFile) },
        ]
        for (index, action) in actions.enumerated() {
            let snapshot = try fixture.store.read()
            #expect(!snapshot.hasChanged, "before \(index)")
            try action(fixture)
            #expect(snapshot.hasChanged, "after \(index)")
        }
    }

    @Test("writers of different profiles at once lose none, and leave nothing else behind")
    func manyWriters() throws {
        let store = fixture.store
        let faults = Mutex<[String]>([])
        let threads = (0..<8).map { number in
            WorkerThread {
                for round in 0..<5 {
                    do {
                        let name = "p\(number)-\(round)"
                        try store.create(name, models: [.heavy: try ModelReference("lab/\(name)")])
                        try store.activate(name)
                    } catch {
                        faults.withLock { $0.append("\(error)") }
                    }
                }
            }
        }
        for thread in threads { thread.join() }
        #expect(faults.withLock { $0 } == [])
        let snapshot = try store.read()
        #expect(snapshot.entries.count == 41)
        #expect(snapshot.entries.allSatisfy { $0.faults.isEmpty })
        #expect(snapshot.active?.hasPrefix("p") == true)
        #expect(try fixture.model(.heavy) == "lab/\(snapshot.active ?? "")")
        let names = try FileManager.default.contentsOfDirectory(
            atPath: fixture.directories.profilesFolder)
        #expect(names.count { !$0.hasSuffix(".json") } == 1, "the lock alone")
    }

    @Test("writers of the same profile at once lose no change of each other's")
    func oneProfile() throws {
        let store = fixture.store
        let threads = ModelAlias.allCases.map { alias in
            WorkerThread {
                for round in 0...20 {
                    guard let model = try? ModelReference("lab/\(alias)-\(round)") else { return }
                    _ = try? store.set("good", models: [alias: model])
                }
            }
        }
        for thread in threads { thread.join() }
        let models = try #require(try store.read().entry("good")).models
        #expect(
            models.mapValues(\.model) == [
                .heavy: "heavy-20", .balanced: "balanced-20", .fast: "fast-20",
            ])
    }

    @Test("a reader always finds the active profile while it is being renamed")
    func renamedMeanwhile() throws {
        let store = fixture.store
        let done = Gate()
        let writer = WorkerThread {
            for round in 0..<60 {
                _ = try? store.rename(
                    "good\(round == 0 ? "" : "-\(round)")", to: "good-\(round + 1)")
            }
            done.open()
        }
        var reads = 0
        while !done.isOpen || reads == 0 {
            #expect(try store.read().resolve().active?.models[.heavy]?.model == "a")
            reads += 1
        }
        writer.join()
        #expect(try store.read().active == "good-60")
    }
}
