import CAgentRouteIO

// C's enumerators arrive in Swift as `UInt32` wrappers while C functions take and answer `int`.

extension ar_head_answer_t {
    var argument: Int32 { Int32(bitPattern: rawValue) }
}

extension ar_relay_framing_t {
    var argument: Int32 { Int32(bitPattern: rawValue) }
}
