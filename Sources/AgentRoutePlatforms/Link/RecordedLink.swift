/// A link as its record alone tells of it: what a watcher needs to take it back when the gateway is
/// gone, without the manifest.
package struct RecordedLink: Sendable {
    /// The id of the platform.
    package let platform: String
    /// The settings file.
    package let path: String
    private let linker: Linker

    /// The link whose record is at `recordPath`; nil if there is none.
    package init?(recordPath: String, files: any FileAccess) throws(LinkError) {
        let reader = Linker(platform: "", recordPath: recordPath, files: files, target: nil)
        guard let record = try reader.recorded()?.record else { return nil }
        platform = record.platform
        path = record.path
        linker = Linker(
            platform: record.platform, recordPath: recordPath, files: files, target: nil)
    }

    /// Takes the link back.
    package func unlink() throws(LinkError) -> UnlinkResult { try linker.unlink() }

    /// How the settings stand to the link.
    package func status() throws(LinkError) -> LinkStatus { try linker.status(nil) }
}
