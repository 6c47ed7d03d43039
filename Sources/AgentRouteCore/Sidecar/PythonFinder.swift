import AgentRouteIO

/// Looks for a Python that an installation can be built with.
struct PythonFinder: Sendable {
    let environment: [String: String]
    let loop: EventLoop

    /// The versions of Python 3 the locked packages have files for.
    static let minorVersions = 10...13

    /// Names that a suitable one may have, the user's own choice first.
    private static let names =
        ["python3"] + minorVersions.reversed().map { "python3.\($0)" }

    /// Says in one line what a Python is, if it is one: version, and whether it has `venv`'s parts.
    private static let question = """
        import importlib.util, sys
        print(sys.implementation.name, *sys.version_info[:3],
              all(importlib.util.find_spec(name) for name in ("venv", "ensurepip")))
        """

    /// A Python in PATH.
    private struct Found {
        let path: String
        let version: String
        let isSuitable: Bool
        let hasVenv: Bool
    }

    /// The path of the first that will do. Throws with what there is and how to get one.
    func find() async throws(AgentRouteError) -> String {
        var found: [Found] = []
        for path in candidates {
            guard let python = await ask(path) else { continue }
            if python.isSuitable, python.hasVenv { return python.path }
            found.append(python)
        }
        let range = "3.\(Self.minorVersions.lowerBound) to 3.\(Self.minorVersions.upperBound)"
        let packages = "sudo apt install python3 python3-venv"
        if let bare = found.first(where: \.isSuitable) {
            throw .sidecar(
                .startFailed,
                "needs a Python that can make virtual environments, and \(bare.path) "
                    + "(\(bare.version)) cannot; on Debian and Ubuntu: \(packages)")
        }
        let others = Set(found.map { "\($0.path) is \($0.version)" }).sorted()
        let seen = others.isEmpty ? "there is none in PATH" : others.joined(separator: ", ")
        throw .sidecar(
            .startFailed, "needs CPython \(range): \(seen); on Debian and Ubuntu: \(packages)")
    }

    private var candidates: [String] {
        let folders = (environment["PATH"] ?? "").split(separator: ":").filter { $0.hasPrefix("/") }
        return Self.names.flatMap { name in folders.map { "\($0)/\(name)" } }
            .filter { FileStamp($0)?.isProgram == true }
    }

    private func ask(_ path: String) async -> Found? {
        let program = ProgramRun.Program(
            file: path, arguments: ["-I", "-c", Self.question], environment: environment,
            timeout: .seconds(10))
        guard let run = try? await ProgramRun.run(program, on: loop),
            run.end == .exited(.status(0))
        else { return nil }
        let words = String(decoding: run.output, as: UTF8.self)
            .split(whereSeparator: \.isWhitespace)
        guard words.count == 5, let minor = Int(words[2]) else { return nil }
        return Found(
            path: path, version: words[1...3].joined(separator: "."),
            isSuitable: words[0] == "cpython" && words[1] == "3"
                && Self.minorVersions.contains(minor),
            hasVenv: words[4] == "True")
    }
}
