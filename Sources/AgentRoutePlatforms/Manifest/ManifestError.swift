/// What is wrong with a manifest: every fault at once, each with its place.
package struct ManifestError: Error, Equatable, CustomStringConvertible {
    /// One thing wrong.
    package struct Fault: Sendable, Equatable {
        /// Where, as keys joined by dots, such as `environment.GEMINI_MODEL`; empty for the whole file.
        package let path: String
        /// What, in words.
        package let reason: String
    }

    /// The name of the manifest's file.
    package let source: String
    /// In the order of the file; never empty.
    package let faults: [Fault]

    /// One line for each fault.
    package var description: String {
        faults.map { fault in
            fault.path.isEmpty
                ? "\(source): \(fault.reason)" : "\(source): \(fault.path): \(fault.reason)"
        }
        .joined(separator: "\n")
    }
}
