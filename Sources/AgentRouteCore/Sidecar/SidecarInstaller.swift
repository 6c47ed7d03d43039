package import AgentRouteIO

/// Installs LiteLLM from PyPI into a virtual environment of AgentRoute's own, and says what is
/// installed. Not on the loop: it waits for a lock of a file.
///
/// ```swift
/// let installer = SidecarInstaller(
///     folder: SidecarFolder(directories), lock: lock, environment: environment, loop: loop)
/// try await installer.install { print($0) }
/// ```
package struct SidecarInstaller: Sendable {
    private let folder: SidecarFolder
    private let lock: SidecarLock
    private let environment: [String: String]
    private let loop: EventLoop

    /// An installer.
    ///
    /// - Parameters:
    ///   - lock: What is installed: nothing else, and nothing with another sha256.
    ///   - environment: This process's: where Python is looked for, and how PyPI is reached.
    ///   - loop: Runs the programs beside it; must be running, now or soon.
    package init(
        folder: SidecarFolder, lock: SidecarLock, environment: [String: String], loop: EventLoop
    ) {
        self.folder = folder
        self.lock = lock
        self.environment = environment.filter { Self.isPassedOn($0.key) }
        self.loop = loop
    }

    /// What is installed, and what it takes on disk.
    ///
    /// - Parameter verifying: Whether LiteLLM is loaded to see that it works: some seconds.
    package func status(verifying: Bool) async -> SidecarInstallation {
        var result = SidecarInstallation(
            state: .missing, version: lock.version,
            path: folder.environment(version: lock.version))
        guard FileStamp(result.path) != nil else {
            if let names = try? FolderListing.names(folder.path),
                names.contains(where: { $0.hasPrefix("venv-") })
            {
                result.state = .outdated
            }
            return result
        }
        result.pythonVersion = pythonVersion(result.path)
        result.byteCount = await byteCount(result.path)
        guard let text = try? AtomicFile.read("\(result.path)/\(Self.lockName)"), text == lock.text
        else {
            result.state = .outdated
            return result
        }
        result.state = .ready
        if FileStamp(result.python)?.isProgram != true {
            result.state = .broken("its Python is gone (\(result.python))")
        } else if verifying, let fault = await fault(of: result.python) {
            result.state = .broken(fault)
        }
        return result
    }

    /// Installs what is not there, or not as it should be. The environment is built under another name
    /// and takes its own when it has proved to work: an attempt that was broken off leaves nothing
    /// that counts, and the next one removes it. A gateway should not use the old one meanwhile.
    ///
    /// - Parameter progress: Called with a line for each step, on the loop's thread or this one.
    /// - Throws: `startFailed` with what to do about it.
    @discardableResult
    package func install(
        _ progress: @escaping @Sendable (String) -> Void
    ) async throws(AgentRouteError) -> SidecarInstallation {
        let held = try await takeLock()
        defer { held.release() }
        await removeScratch()
        let found = await status(verifying: true)
        if found.state == .ready {
            progress("\(lock.title) is installed in \(found.path)")
            return found
        }
        let python = try await PythonFinder(environment: environment, loop: loop).find()
        let scratch = "\(folder.path)/\(SidecarFolder.scratchPrefix)new"
        do throws(AgentRouteError) {
            try await build(scratch, with: python, progress)
            try put(scratch, at: found.path)
        } catch {
            await removeScratch()
            throw error
        }
        await removeScratch()
        progress("\(lock.title) is installed in \(found.path)")
        return await status(verifying: false)
    }

    private func build(
        _ scratch: String, with python: String, _ progress: @escaping @Sendable (String) -> Void
    ) async throws(AgentRouteError) {
        progress("making a virtual environment with \(python)")
        let made = try await run(
            python, BoundPython.arguments(Self.module("venv")) + [scratch], { _ in })
        guard made.exit == .status(0) else {
            throw .sidecar(
                .startFailed,
                "has no virtual environment: \(python) could not make one; on Debian and Ubuntu: "
                    + "sudo apt install python3-venv", lines: made.end)
        }
        do throws(FileError) {
            try AtomicFile.write(path: "\(scratch)/\(Self.lockName)", bytes: lock.text)
        } catch {
            throw .sidecar(.startFailed, "cannot be installed: \(error)", cause: error)
        }
        progress("fetching \(lock.title) and what it needs from PyPI: some 200 MB")
        let built = "\(scratch)/bin/python"
        let pip = try await run(built, pipArguments(scratch)) { line in
            if let step = PipLine.progress(line) { progress(step) }
        }
        guard pip.exit == .status(0) else { throw PipLine.failure(pip.lastLines) }
        progress("loading it once")
        if let fault = await fault(of: built) {
            throw .sidecar(.startFailed, "was installed and does not work: \(fault)")
        }
    }

    private func pipArguments(_ scratch: String) -> [String] {
        BoundPython.arguments(Self.module("pip")) + [
            "install", "--require-hashes", "--only-binary=:all:", "--no-input", "--no-cache-dir",
            "--disable-pip-version-check", "--progress-bar=off", "--retries=2",
            "-r", "\(scratch)/\(Self.lockName)",
        ]
    }

    /// The copy of the lock in an environment: it tells what was installed.
    private static let lockName = "requirements.txt"

    /// Python that runs a module as `-m` does.
    private static func module(_ name: String) -> String {
        "import runpy; runpy.run_module(\"\(name)\", run_name=\"__main__\", alter_sys=True)"
    }
}

// MARK: - Parts

extension SidecarInstaller {
    /// What Python and pip may know: the way to PyPI, and where the user's settings for it are.
    private static func isPassedOn(_ name: String) -> Bool {
        [
            "PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "XDG_CONFIG_HOME", "PYENV_ROOT",
            "PYENV_VERSION", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE",
            "PIP_CONFIG_FILE", "PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS",
            "PIP_NO_INDEX", "PIP_CERT", "PIP_CLIENT_CERT", "PIP_TRUSTED_HOST", "PIP_PROXY",
            "PIP_DEFAULT_TIMEOUT",
        ].contains(name) || name.lowercased().hasSuffix("_proxy")
    }

    private func run(
        _ file: String, _ arguments: [String], _ onLine: @escaping @Sendable (String) -> Void
    ) async throws(AgentRouteError) -> LineRun {
        do throws(IOError) {
            return try await LineRun.run(
                file, arguments, environment: environment, on: loop, onLine: onLine)
        } catch {
            throw .sidecar(.startFailed, "cannot be installed: \(error)", cause: error)
        }
    }

    /// Why LiteLLM's proxy cannot be loaded; nil if it can.
    private func fault(of python: String) async -> String? {
        let program = BoundPython.arguments("import litellm.proxy.proxy_server")
        let environment = [
            "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": folder.home,
            "LITELLM_MODE": "PRODUCTION", "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        ]
        do throws(IOError) {
            let run = try await LineRun.run(
                python, program, environment: environment, on: loop, onLine: { _ in })
            if run.exit == .status(0) { return nil }
            return run.lastLines.last { !$0.isEmpty } ?? "its Python fails"
        } catch {
            return error.description
        }
    }

    /// From `pyvenv.cfg`, which every virtual environment has (PEP 405).
    private func pythonVersion(_ path: String) -> String? {
        guard let text = try? AtomicFile.read("\(path)/pyvenv.cfg", limit: 65_536) else {
            return nil
        }
        for line in String(decoding: text, as: UTF8.self).split(separator: "\n") {
            let words = line.split(separator: " ")
            if words.count == 3, words[0] == "version" { return String(words[2]) }
        }
        return nil
    }

    private func byteCount(_ path: String) async -> Int? {
        guard let run = try? await tool("du", ["-sk", "--", path]) else { return nil }
        let digits = String(decoding: run.output, as: UTF8.self).prefix { $0.isNumber }
        return Int(digits).map { $0 * 1024 }
    }

    /// Removes what installations left that did not end, and environments of other versions once
    /// there is one of this.
    private func removeScratch() async {
        guard let names = try? FolderListing.names(folder.path) else { return }
        let wanted = folder.environment(version: lock.version)
        let isThere = FileStamp(wanted) != nil
        for name in names {
            let path = "\(folder.path)/\(name)"
            let isOld = name.hasPrefix("venv-") && path != wanted && isThere
            guard name.hasPrefix(SidecarFolder.scratchPrefix) || isOld else { continue }
            // What stays is in nobody's way but takes space; the next installation tries again.
            _ = try? await tool("rm", ["-rf", "--", path])
        }
    }

    private func tool(_ name: String, _ arguments: [String]) async throws(IOError) -> ProgramRun {
        try await ProgramRun.run(
            ProgramRun.Program(
                file: name, arguments: arguments, environment: environment,
                timeout: .seconds(120)),
            on: loop)
    }

    /// Waits for an installation under way in another process.
    @concurrent
    private func takeLock() async throws(AgentRouteError) -> FileLock {
        do throws(FileError) {
            try AtomicFile.createFolder(folder.home)
            return try FileLock(path: folder.lockFile)
        } catch {
            throw .sidecar(.startFailed, "cannot be installed: \(error)", cause: error)
        }
    }

    /// Gives a finished environment its name; the one that had it gets a name that is removed.
    private func put(_ scratch: String, at path: String) throws(AgentRouteError) {
        do throws(FileError) {
            if FileStamp(path) != nil {
                let old = "\(folder.path)/\(SidecarFolder.scratchPrefix)old"
                try FolderListing.rename(path, to: old)
            }
            try FolderListing.rename(scratch, to: path)
        } catch {
            throw .sidecar(.startFailed, "cannot be installed: \(error)", cause: error)
        }
    }
}

extension LineRun {
    /// The lines an error shows.
    fileprivate var end: [String] { lastLines.suffix(10) }
}
