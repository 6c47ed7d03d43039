import AgentRouteWire

/// The members a codec reads of each kind of block, so that what it reads over can be told.
struct KnownMembers {
    private let byKind: [String: Set<String>]

    /// The members by the kinds that have them. A kind that is not among them is not looked at.
    init(_ byKind: [String: Set<String>]) {
        self.byKind = byKind
    }

    /// Notes in `unplaced` the members of `block`, one of `kind`, that are not known and say something,
    /// as `kind.member`.
    func note(_ block: JSONValue, _ kind: String?, in unplaced: inout Degradations) {
        guard let kind, let known = byKind[kind] else { return }
        for member in block.object ?? [] where !known.contains(member.key) && !Self.isIdle(member) {
            unplaced.note("\(kind).\(member.key)")
        }
    }

    /// Whether `member` says what is so without it.
    private static func isIdle(_ member: JSONMember) -> Bool {
        switch (member.key, member.value) {
        case (_, .null), (_, false), (_, ""), (_, .array([])), (_, .object([])): true
        case ("context", "auto"), ("mode", "standard"): true
        default: member.key == "caller" && member.value["type"] == "direct"
        }
    }
}
