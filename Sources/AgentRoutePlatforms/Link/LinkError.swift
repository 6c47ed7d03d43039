/// Why a tool was not linked or unlinked. Nothing was changed, but that a record may have been written.
public struct LinkError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is in the way.
    public enum Code: Sendable, Equatable {
        /// The settings file is not of its format; `place` says where.
        case malformed
        /// The root of the settings file, or a key on the way to ours, cannot hold keys.
        case notAnObject
        /// The settings file may not be written.
        case notWritable
        /// Somebody else wrote the file meanwhile; trying again helps.
        case changed
        /// A file could not be read or written.
        case access
        /// The record of the link cannot be understood.
        case record
        /// The path of the settings file cannot be told, since `HOME` is not set.
        case noHome
    }

    /// What is in the way.
    public let code: Code
    /// The file that is concerned; nil where none is.
    public let path: String?
    /// The line and the column in that file, from 1, where that is known.
    public let place: Place?
    /// What is wrong, in words.
    public let reason: String

    /// A place in a text.
    public struct Place: Sendable, Equatable {
        /// The line, from 1.
        public let line: Int
        /// The character within the line, from 1.
        public let column: Int
    }

    /// An error about the file at `path`.
    public init(_ code: Code, _ path: String?, _ reason: String) {
        self.code = code
        self.path = path
        self.place = nil
        self.reason = reason
    }

    init(_ fault: SettingsFault, in path: String) {
        code = fault.kind == .syntax ? .malformed : .notAnObject
        self.path = path
        place = Place(line: fault.line, column: fault.column)
        reason = fault.reason
    }

    init(_ error: FileAccessError, at path: String) {
        self.init(error.kind == .changed ? .changed : .access, path, error.reason)
    }

    /// The file, the place and the reason, on one line.
    public var description: String {
        guard let path, code != .access, code != .changed else { return reason }
        guard let place else { return "\(path): \(reason)" }
        return "\(path):\(place.line):\(place.column): \(reason)"
    }
}
