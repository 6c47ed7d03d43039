internal import AgentRouteCore
internal import Glibc

/// What is asked of folders and links, with no answer where there is none.
enum Folders {
    /// The names in `folder`, in order; none if it cannot be read.
    static func names(in folder: String) -> [String] {
        (try? FolderListing.names(folder)) ?? []
    }

    /// Where the symbolic link at `path` leads, as it is written; nil if there is none.
    static func destination(of path: String) -> String? {
        let bytes = [UInt8](unsafeUninitializedCapacity: Int(PATH_MAX)) { buffer, count in
            // SAFETY: readlink(2) writes at most the given number of bytes, and no terminator.
            let length = buffer.withMemoryRebound(to: CChar.self) {
                $0.baseAddress.map { readlink(path, $0, Int(PATH_MAX)) } ?? 0
            }
            count = max(0, length)
        }
        return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }
}
