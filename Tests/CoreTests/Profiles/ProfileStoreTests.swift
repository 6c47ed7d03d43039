import AgentRouteCore
import Testing

@Suite("Profiles")
struct ProfileStoreTests {
    private let big: ModelReference
    private let small: ModelReference

    init() throws {
        big = try ModelReference("lab/vendor/big")
        small = try ModelReference("cloud/small")
    }

    @Test("a profile is one file of the documented form, closed to others")
    func form() throws {
        let fixture = try ProfileFixture()
        try fixture.store.create("work", models: [.fast: small, .heavy: big], isStrict: true)
        #expect(
            try fixture.text("profiles/work.json") == """
                {
                  "heavy": "lab/vendor/big",
                  "fast": "cloud/small",
                  "strict": true
                }

                """)
        #expect(fixture.folder.mode("profiles") == 0o700)
        #expect(fixture.folder.mode("profiles/work.json") == 0o600)
        #expect(fixture.folder.mode("active-profile.json") == 0o600)
        let entry = try #require(try fixture.store.read().entry("work"))
        #expect(entry.models == [.fast: small, .heavy: big])
        #expect(entry.isStrict && entry.faults.isEmpty)
        #expect(entry.place == .file("\(fixture.folder.path)/profiles/work.json"))
    }

    @Test("the first profile created is active at once, the next is not")
    func firstIsActive() throws {
        let fixture = try ProfileFixture()
        #expect(try fixture.store.read().active == nil)
        #expect(try fixture.store.create("one", models: [.heavy: big]).active == "one")
        #expect(try fixture.store.create("two", models: [.heavy: small]).active == "one")
        #expect(try fixture.model(.heavy) == "lab/vendor/big")
        #expect(try fixture.store.activate("two").active == "two")
        #expect(try fixture.model(.heavy) == "cloud/small")
    }

    @Test("without any profile the configuration is that of config.json")
    func empty() throws {
        let fixture = try ProfileFixture()
        #expect(try fixture.store.read().resolve() == fixture.configuration)
        #expect(fixture.folder.entries().isEmpty)
    }

    @Test("profiles of config.json are listed beside the files, a file of the same name wins")
    func merge() throws {
        let fixture = try ProfileFixture(
            """
            "profiles": { "default": { "heavy": "lab/a" }, "other": { "heavy": "lab/b" } }
            """)
        #expect(try fixture.store.read().active == "default")
        try fixture.store.create("work", models: [.heavy: big])
        let before = try fixture.store.read()
        #expect(before.entries.map(\.name) == ["default", "other", "work"])
        #expect(before.active == "default")
        #expect(before.entry("default")?.place == .configuration)
        try fixture.store.create("default", models: [.heavy: small])
        #expect(try fixture.model(.heavy) == "cloud/small")
        try fixture.store.delete("default")
        #expect(try fixture.model(.heavy) == "lab/a")
        let names = try fixture.store.read().resolve().profiles.map(\.name)
        #expect(names == ["default", "other", "work"])
    }

    @Test("the choice in the file wins over config.json's, and a single profile needs none")
    func precedence() throws {
        let fixture = try ProfileFixture(
            """
            "profiles": { "a": { "heavy": "lab/a" }, "b": { "heavy": "lab/b" } },
            "activeProfile": "b"
            """)
        #expect(try fixture.model(.heavy) == "lab/b")
        try fixture.store.activate("a")
        #expect(try fixture.model(.heavy) == "lab/a")
        let single = try ProfileFixture()
        try single.write("{ \"heavy\": \"lab/only\" }", to: "profiles/mine.json")
        #expect(try single.model(.heavy) == "lab/only")
        try single.write("{ \"heavy\": \"lab/second\" }", to: "profiles/second.json")
        let error = profileError { _ = try single.store.read().resolve() }
        #expect(error?.kind == .noneActive)
        #expect(error?.description.contains("mine, second") == true)
    }

    @Test("a profile for one run is used and written nowhere")
    func override() throws {
        let fixture = try ProfileFixture()
        try fixture.store.create("one", models: [.heavy: big])
        try fixture.store.create("two", models: [.heavy: small])
        let snapshot = try fixture.store.read()
        #expect(try snapshot.resolve(active: "two").active?.models[.heavy] == small)
        #expect(!snapshot.hasChanged)
        #expect(profileError { _ = try snapshot.resolve(active: "tow") }?.kind == .notFound)
    }

    @Test("setting some models keeps the others, and what the file holds besides")
    func set() throws {
        let fixture = try ProfileFixture()
        try fixture.write(
            "{ // mine\n\"heavy\": \"lab/a\", \"fast\": \"lab/c\", }", to: "profiles/p.json")
        try fixture.store.set("p", models: [.heavy: big, .balanced: small])
        let entry = try #require(try fixture.store.read().entry("p"))
        #expect(
            entry.models.mapValues(\.description) == [
                .heavy: "lab/vendor/big", .balanced: "cloud/small", .fast: "lab/c",
            ])
        #expect(!entry.isStrict)
        #expect(
            try fixture.store.set("p", models: [:], isStrict: true).entry("p")?.isStrict == true)
        #expect(profileError { try fixture.store.set("p", models: [:]) }?.kind == .noModels)
    }

    @Test("a renamed profile keeps its text, and stays active if it was")
    func rename() throws {
        let fixture = try ProfileFixture()
        let text = "{ // mine\n\"heavy\": \"lab/a\" }\n"
        try fixture.write(text, to: "profiles/old.json")
        try fixture.store.create("side", models: [.heavy: small])
        try fixture.store.activate("old")
        let after = try fixture.store.rename("old", to: "new")
        #expect(after.entries.map(\.name) == ["new", "side"])
        #expect(after.active == "new")
        #expect(try fixture.text("profiles/new.json") == text)
        #expect(profileError { try fixture.store.rename("side", to: "new") }?.kind == .exists)
    }

    @Test("the active profile is deleted only for another, named with it")
    func deleteActive() throws {
        let fixture = try ProfileFixture()
        try fixture.store.create("one", models: [.heavy: big])
        let alone = profileError { try fixture.store.delete("one") }
        #expect(alone?.description == "profile \"one\" is active; create another first")
        try fixture.store.create("two", models: [.heavy: small])
        let refused = profileError { try fixture.store.delete("one") }
        #expect(refused?.kind == .active)
        #expect(
            profileError { try fixture.store.delete("one", activating: "one") }?.kind == .active)
        let after = try fixture.store.delete("one", activating: "two")
        #expect(after.active == "two" && after.entries.map(\.name) == ["two"])
    }

    @Test("a profile of config.json is not changed, with what to do in its place")
    func readOnly() throws {
        let fixture = try ProfileFixture(
            "\"profiles\": { \"default\": { \"heavy\": \"lab/a\" } }")
        for change in [
            { try fixture.store.set("default", models: [.heavy: big]) },
            { try fixture.store.rename("default", to: "x") },
            { try fixture.store.delete("default") },
        ] {
            let error = profileError { _ = try change() }
            #expect(error?.kind == .readOnly)
            #expect(error?.description.contains("edit it there") == true)
        }
    }

    @Test(
        "a name that is no file name is refused before anything is written",
        arguments: ["", ".hidden", "../up", "a/b", "a b", "a\0b", "ä"])
    func names(name: String) throws {
        let fixture = try ProfileFixture()
        #expect(
            profileError { try fixture.store.create(name, models: [.heavy: big]) }?.kind
                == .invalidName)
        #expect(fixture.folder.entries().isEmpty)
    }

    @Test("a profile is created with a model, once, and of providers that are there")
    func creation() throws {
        let fixture = try ProfileFixture()
        #expect(profileError { try fixture.store.create("p", models: [:]) }?.kind == .noModels)
        let unknown = profileError {
            try fixture.store.create("p", models: [.heavy: try ModelReference("lap/x")])
        }
        #expect(
            unknown?.description == "heavy: there is no provider \"lap\" (did you mean \"lab\"?); "
                + "add it to config.json first")
        try fixture.store.create("p", models: [.heavy: big])
        #expect(
            profileError { try fixture.store.create("p", models: [.heavy: small]) }?.kind == .exists
        )
        #expect(try fixture.model(.heavy) == "lab/vendor/big")
    }
}
