#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What `AtomicFile` has no need of: folders as a whole.
package enum FolderListing {
    /// The names in the folder at `path`, in order. Any thread; blocks.
    package static func names(_ path: String) throws(FileError) -> [String] {
        guard let folder = opendir(path) else { throw .last("read", path) }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            // SAFETY: `d_name` is terminated, and copied before the next call.
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Gives the folder at `path` another name in the same file system; nothing of that name is there.
    static func rename(_ path: String, to other: String) throws(FileError) {
        #if canImport(Glibc)
            let result = Glibc.rename(path, other)
        #else
            let result = Darwin.rename(path, other)
        #endif
        guard result == 0 else { throw .last("rename", path) }
    }
}
