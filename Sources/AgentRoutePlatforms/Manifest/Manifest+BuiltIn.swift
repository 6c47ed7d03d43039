extension Manifest {
    /// The manifests that are part of the program, in the order they are shown.
    ///
    /// They are embedded when the program is built, from the folder `manifests` of the repository.
    /// Throws only if one of those files is faulty, which the tests rule out.
    package static func builtIn() throws(ManifestError) -> [Manifest] {
        [
            try Manifest(PackageResources.claude_code_json, source: "claude-code.json"),
            try Manifest(PackageResources.codex_json, source: "codex.json"),
            try Manifest(PackageResources.gemini_cli_json, source: "gemini-cli.json"),
        ]
    }
}
