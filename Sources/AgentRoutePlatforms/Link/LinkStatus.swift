/// How a tool's settings stand to the gateway.
public struct LinkStatus: Sendable, Equatable {
    /// The settings as a whole.
    public enum State: String, Sendable, Equatable {
        /// We did not link, and nobody else has put an address in our place.
        case notLinked = "not-linked"
        /// All our keys are there with the values they should have.
        case linked
        /// All are there, some with the values of an earlier link: another port or token.
        case stale
        /// We linked, and the user has changed or removed some of our keys since.
        case edited
        /// No record of ours tells of a link, yet there is an address: the tool goes somewhere else.
        case foreign
    }

    /// One of our keys.
    public struct Key: Sendable, Equatable {
        /// The key, joined by dots.
        public let name: String
        /// How it stands.
        public let state: KeyState

        /// A key and how it stands.
        public init(name: String, state: KeyState) {
            self.name = name
            self.state = state
        }
    }

    /// How a key stands.
    public enum KeyState: String, Sendable, Equatable {
        /// It has the value it should have.
        case current
        /// It has a value of an earlier link.
        case stale
        /// It has another value.
        case edited
        /// It is not there.
        case missing
    }

    /// The settings as a whole.
    public let state: State
    /// The settings file; nil for a tool that has none, which is never linked.
    public let path: String?
    /// Every key that a link writes.
    public let keys: [Key]

    /// The state of a tool's settings.
    public init(state: State, path: String?, keys: [Key] = []) {
        self.state = state
        self.path = path
        self.keys = keys
    }
}

extension Linker {
    /// How the settings stand to `wanted`, the values of the running gateway. Without `wanted` the
    /// values of the last link are taken for current.
    func status(_ wanted: [LinkEdit.Assignment]?) throws(LinkError) -> LinkStatus {
        let record = try recorded()?.record
        guard let path = record?.path ?? target?.path,
            let format = record?.format ?? target?.format
        else { return LinkStatus(state: .notLinked, path: nil, keys: []) }
        let text = try read(path)?.bytes ?? []
        do throws(SettingsFault) {
            let document = try format.document(text)
            var keys: [LinkStatus.Key] = []
            for path in paths(record) {
                let now = try LinkEdit.present(path, in: document)
                let entry = record?.entries.first { $0.path == path }
                let wanted = wanted?.first { $0.path == path }?.value ?? entry?.ours.first
                let state = Self.state(now, wanted: wanted, entry, format)
                keys.append(.init(name: path.joined(separator: "."), state: state))
            }
            return LinkStatus(state: state(of: keys, record), path: path, keys: keys)
        } catch {
            throw LinkError(error, in: path)
        }
    }

    private func paths(_ record: LinkRecord?) -> [[String]] {
        record?.entries.map(\.path) ?? target?.marks.wiring.map(\.path) ?? []
    }

    private static func state(
        _ now: String?, wanted: String?, _ entry: LinkRecord.Entry?, _ format: SettingsFormat
    ) -> LinkStatus.KeyState {
        guard let now else { return .missing }
        if let wanted, format.isSame(now, wanted) { return .current }
        let isOurs = entry?.ours.contains { format.isSame(now, $0) } ?? false
        return isOurs ? .stale : .edited
    }

    private func state(of keys: [LinkStatus.Key], _ record: LinkRecord?) -> LinkStatus.State {
        let states = keys.map(\.state)
        guard record != nil else {
            let isAddressed = zip(target?.marks.wiring ?? [], states).contains {
                $0.isAddress && $1 != .missing
            }
            return isAddressed ? .foreign : .notLinked
        }
        if states.contains(.missing) || states.contains(.edited) {
            return states.contains(.current) || states.contains(.stale) ? .edited : .notLinked
        }
        return states.contains(.stale) ? .stale : .linked
    }
}
