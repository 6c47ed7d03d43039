import AgentRouteWire

/// `active-profile.json`, `{"activeProfile": "name"}`: which profile is active, above what
/// `config.json` says.
enum ActiveProfileFile {
    private static let key = RootKey.activeProfile.rawValue

    /// The name in the file; nil if there is no file.
    static func read(_ path: String) throws(ProfileError) -> String? {
        let text: [UInt8]
        do throws(FileError) {
            text = try AtomicFile.read(path, limit: ProfileFile.byteLimit)
        } catch {
            if error.isMissing { return nil }
            throw ProfileError(error)
        }
        guard let name = (try? JSONValue.parse(text, comments: true))?[key]?.string else {
            throw ProfileError(
                .broken, "\(path) does not name a profile; activate one, which writes it anew")
        }
        return name
    }

    /// Makes `name` the active profile.
    static func write(_ name: String, to path: String) throws(ProfileError) {
        do throws(FileError) {
            let members = [JSONMember(key: key, value: .string(name))]
            try AtomicFile.write(path: path, bytes: ProfileFile.text(members))
        } catch {
            throw ProfileError(error)
        }
    }
}
