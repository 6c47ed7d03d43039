/// A key in a file of its own, which only its owner may read.
struct KeyFile {
    let path: String

    /// The key; nil if there is no file. Throws `exposed` for a file that others may read or write.
    func read() throws(KeyError) -> Secret? {
        guard let stamp = FileStamp(path) else { return nil }
        guard stamp.isPrivate else { throw .exposed(path: path) }
        let text: [UInt8]
        do throws(FileError) {
            text = try AtomicFile.read(path, limit: 65_536)
        } catch {
            if error.isMissing { return nil }
            throw .file(error)
        }
        return try Secret(keyText: text)
    }

    /// Writes the key in one step, with mode 0600 in a folder of mode 0700.
    func write(_ key: Secret) throws(KeyError) {
        do throws(FileError) {
            try AtomicFile.write(path: path, bytes: Array(key.value.utf8) + [0x0A])
        } catch {
            throw .file(error)
        }
    }

    /// Removes the file. Returns whether there was one.
    func remove() throws(KeyError) -> Bool {
        guard FileStamp(path) != nil else { return false }
        do throws(FileError) {
            try AtomicFile.remove(path)
        } catch {
            throw .file(error)
        }
        return true
    }
}
