/// What pip writes, as far as it is of interest.
package enum PipLine {
    /// A line of progress for a line of pip's; nil for the many that say nothing new.
    package static func progress(_ line: String) -> String? {
        let words = line.split(separator: " ")
        switch words.first {
        case "Collecting":
            // `Collecting litellm==1.106.2 (from -r ... (line 3))`
            return words.count > 1 ? "fetching \(words[1])" : nil
        case "Installing" where line.hasPrefix("Installing collected packages:"):
            return "installing \(words.count - 3) packages"
        default: return nil
        }
    }

    /// Why pip has failed, and what to do.
    package static func failure(_ lines: [String]) -> AgentRouteError {
        let text = lines.joined(separator: "\n")
        let unreachable = [
            "Failed to establish a new connection", "Name or service not known", "NameResolution",
            "Temporary failure in name resolution", "ConnectTimeout", "ProxyError", "SSLError",
            "Network is unreachable", "Max retries exceeded",
        ]
        let problem =
            if text.contains("DO NOT MATCH THE HASHES") {
                "was not installed: a file from the package index is not the one this version of "
                    + "AgentRoute was made with; do not install it by other means"
            } else if text.contains("No space left on device") {
                "was not installed: no space left; it takes about 800 MB"
            } else if unreachable.contains(where: text.contains) {
                "was not installed: PyPI cannot be reached; the installation needs the network, "
                    + "once (HTTPS_PROXY and pip's own settings are heeded)"
            } else if text.contains("No matching distribution") {
                "was not installed: a package has no file for this machine (wanted: Linux with "
                    + "glibc, x86_64 or aarch64)"
            } else {
                "was not installed: pip failed"
            }
        return .sidecar(.startFailed, problem, lines: Array(lines.suffix(8)))
    }
}
