/// One thing that is wrong with a configuration.
public struct ConfigurationFault: Sendable, Equatable, CustomStringConvertible {
    /// Where, as a path of keys (`providers.lab.timeouts.connect`); empty for the document itself.
    public let path: String
    /// What is wrong and what would be right. Never holds the value of a secret.
    public let message: String

    /// A fault at `path`, which is empty for the document itself.
    public init(path: String, message: String) {
        self.path = path
        self.message = message
    }

    /// `path: message`, or the message alone.
    public var description: String { path.isEmpty ? message : "\(path): \(message)" }
}

/// Every fault of a configuration that cannot be used.
public struct ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The faults; at least one.
    public let faults: [ConfigurationFault]

    /// An error of these faults.
    public init(faults: [ConfigurationFault]) {
        self.faults = faults
    }

    /// One fault a line.
    public var description: String { faults.map(\.description).joined(separator: "\n") }
}

/// A value that has not the form it needs. Says what form that is and never repeats a secret.
public struct InvalidValue: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong, as the end of the sentence "the value ...".
    public let reason: String

    /// An error with this reason.
    public init(_ reason: String) {
        self.reason = reason
    }

    /// The reason.
    public var description: String { reason }
}

/// Gathers faults while a configuration is read, so that one run reports them all.
final class FaultList {
    private(set) var faults: [ConfigurationFault] = []

    func add(_ path: JSONPath, _ message: String) {
        faults.append(ConfigurationFault(path: path.description, message: message))
    }

    /// The result of `body`, or nil with its reason noted at `path`.
    func noting<Value>(_ path: JSONPath, _ body: () throws(InvalidValue) -> Value) -> Value? {
        do throws(InvalidValue) {
            return try body()
        } catch {
            add(path, error.reason)
            return nil
        }
    }
}

/// The place of a value in a JSON document: `providers.lab.wires[0]`, `headers["x team"]`.
struct JSONPath: Equatable, CustomStringConvertible {
    let description: String

    static let root = JSONPath(description: "")

    func key(_ name: String) -> JSONPath {
        let plain = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"),
                UInt8(ascii: "$"):
                true
            default: false
            }
        }
        guard plain, !name.isEmpty else {
            return JSONPath(description: "\(description)[\(name.debugDescription)]")
        }
        return JSONPath(description: description.isEmpty ? name : "\(description).\(name)")
    }

    func index(_ index: Int) -> JSONPath {
        JSONPath(description: "\(description)[\(index)]")
    }
}
