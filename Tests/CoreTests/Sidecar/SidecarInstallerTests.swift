import AgentRouteCore
import AgentRouteTesting
import Foundation
import Testing

/// Installations from a folder that stands in for PyPI.
@Suite("Sidecar installer", .serialized, .onOwnThread)
struct SidecarInstallerTests {
    private let folder: StateFolder
    private let thread: LoopThread
    private let progress = Observed<[String]>([])

    init() throws {
        folder = try StateFolder()
        thread = try LoopThread()
    }

    @Test("what is locked is installed, under its name only when it works, and once")
    func installs() async throws {
        let installer = try installer(lock: wheel())
        #expect(await installer.status(verifying: true).state == .missing)
        // What an installation left that was killed.
        try AtomicFile.write(path: "\(folder.path)/sidecar/scratch-new/bin/python", bytes: [])
        let installation = try await install(installer)
        #expect(installation.state == .ready)
        #expect(installation.version == "9.9.9")
        #expect(installation.pythonVersion?.hasPrefix("3.") == true)
        #expect((installation.byteCount ?? 0) > 100_000)
        #expect(entries() == ["home", "install.lock", "venv-9.9.9"])
        #expect(await installer.status(verifying: true).state == .ready)
        progress.update { $0 = [] }
        try await install(installer)
        #expect(progress.value.count == 1, "the second time there is nothing to do")
    }

    @Test("a file that is not the one locked is refused, and nothing is left")
    func wrongDigest() async throws {
        let digest = try wheel()
        let other = digest.hasPrefix("0") ? "1" : "0"
        let installer = try installer(lock: other + digest.dropFirst())
        let error = await #expect(throws: AgentRouteError.self) { try await install(installer) }
        #expect(error?.origin == .sidecar)
        #expect(error?.message.contains("is not the one") == true)
        #expect(entries() == ["home", "install.lock"])
    }

    @Test("an installation of other packages is outdated, and one whose Python is gone is broken")
    func states() async throws {
        let digest = try wheel()
        try await install(installer(lock: digest))
        let other = try installer(lock: digest, comment: "# others\n")
        #expect(await other.status(verifying: false).state == .outdated)
        let python = "\(folder.path)/sidecar/venv-9.9.9/bin/python"
        try AtomicFile.remove(python)
        let state = await (try installer(lock: digest)).status(verifying: false).state
        #expect(state == .broken("its Python is gone (\(python))"))
    }

    @Test("a Python without venv is an error with the line that mends it")
    func noVenv() async throws {
        try fakePython("echo cpython 3 11 2 False")
        let error = await #expect(throws: AgentRouteError.self) {
            try await install(installer(lock: "0", path: "\(folder.path)/bin"))
        }
        #expect(error?.message.contains("sudo apt install python3 python3-venv") == true)
        #expect(error?.message.contains("\(folder.path)/bin/python3 (3.11.2) cannot") == true)
    }

    @Test("a Python that is too old is named, with the versions that will do")
    func tooOld() async throws {
        try fakePython("echo cpython 3 8 18 True")
        let error = await #expect(throws: AgentRouteError.self) {
            try await install(installer(lock: "0", path: "\(folder.path)/bin"))
        }
        #expect(
            error?.message.contains(
                "needs CPython 3.10 to 3.13: \(folder.path)/bin/python3 is 3.8.18")
                == true)
    }

    @Test(
        "what pip complains of becomes what to do",
        arguments: [
            ("[Errno -2] Name or service not known", "PyPI cannot be reached"),
            ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM", "is not the one"),
            ("OSError: [Errno 28] No space left on device", "no space left"),
            ("ERROR: No matching distribution found for uvloop==1", "no file for this machine"),
            ("Segmentation fault", "pip failed"),
        ])
    func complaints(line: String, meaning: String) {
        #expect(PipLine.failure(["WARNING: x", line]).message.contains(meaning))
    }

    // MARK: Parts

    @discardableResult
    private func install(_ installer: SidecarInstaller) async throws -> SidecarInstallation {
        let progress = progress
        return try await installer.install { line in progress.update { $0.append(line) } }
    }

    private func installer(
        lock digest: String, comment: String = "", path: String? = nil
    ) throws -> SidecarInstaller {
        var environment = ProcessInfo.processInfo.environment
        environment["PIP_NO_INDEX"] = "1"
        environment["PIP_FIND_LINKS"] = folder.path
        environment["PIP_CONFIG_FILE"] = "/dev/null"
        if let path { environment["PATH"] = path }
        return SidecarInstaller(
            folder: SidecarFolder(
                Directories(configuration: folder.path, state: folder.path)),
            lock: try SidecarLock(
                Array("\(comment)litellm==9.9.9 \\\n    --hash=sha256:\(digest)\n".utf8)),
            environment: environment, loop: thread.loop)
    }

    private func entries() -> Set<String> {
        Set((try? FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/sidecar")) ?? [])
    }

    /// Makes a LiteLLM of two empty modules and answers its sha256.
    private func wheel() throws -> String {
        let maker = """
            import hashlib, sys, zipfile
            path = sys.argv[1] + "/litellm-9.9.9-py3-none-any.whl"
            info = "litellm-9.9.9.dist-info/"
            files = {"litellm/__init__.py": "", "litellm/proxy/__init__.py": "",
                     "litellm/proxy/proxy_server.py": "",
                     info + "METADATA": "Metadata-Version: 2.1\\nName: litellm\\nVersion: 9.9.9\\n",
                     info + "WHEEL": "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"}
            with zipfile.ZipFile(path, "w") as wheel:
                for name, text in files.items():
                    wheel.writestr(name, text)
                wheel.writestr(info + "RECORD", "".join(name + ",,\\n" for name in files))
            print(hashlib.sha256(open(path, "rb").read()).hexdigest(), end="")
            """
        let pipe = Pipe()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", maker, folder.path]
        process.standardOutput = pipe
        try process.run()
        let digest = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: digest, as: UTF8.self)
    }

    /// A `python3` in a folder of its own.
    private func fakePython(_ script: String) throws {
        let folder = "\(folder.path)/bin"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false)
        try ExecutableFile.write("#!/bin/sh\n" + script, to: "\(folder)/python3")
    }
}
