/// The version of this library and program.
public enum Version {
    /// As in CHANGELOG.md (semver.org).
    public static let current = "0.1.0"
}
