internal import CAgentRouteYYJSON

extension JSONValue {
    /// How deep a text may nest to be read into memory.
    package static let maximumDepth = 512

    /// Reads a JSON text (RFC 8259).
    ///
    /// - Parameters:
    ///   - text: UTF-8. A surrogate escape without its partner, which JavaScript writes when it
    ///     cuts a string in half, reads as U+FFFD.
    ///   - comments: Whether `//` and `/* */` comments, trailing commas and a byte order mark are
    ///     allowed, as in configuration files.
    /// - Throws: The first fault, with its place in `text`.
    package static func parse(
        _ text: [UInt8], comments: Bool = false
    ) throws(JSONSyntaxError) -> JSONValue {
        // SAFETY: the span borrows `text`, which outlives the call.
        let bytes = unsafe text.span.bytes
        let start = comments && bytes.hasPrefix("\u{FEFF}") ? 3 : 0
        do {
            return try read(bytes, from: start, comments: comments)
        } catch {
            var repaired = text
            guard error.code == agentroute_YYJSON_READ_ERROR_INVALID_STRING,
                JSONString.replaceLoneSurrogates(in: &repaired)
            else { throw JSONSyntaxError(error.reason, at: error.offset, in: bytes) }
            do {
                // SAFETY: the span borrows `repaired`, which is not changed any more.
                return try read(unsafe repaired.span.bytes, from: start, comments: comments)
            } catch {
                throw JSONSyntaxError(error.reason, at: error.offset, in: bytes)
            }
        }
    }

    /// What the library, or the conversion after it, found wrong.
    private struct Fault: Error {
        let code: agentroute_yyjson_read_code
        let reason: String
        let offset: Int

        /// The text nests deeper than ``JSONValue/maximumDepth``.
        static let tooDeep = Fault(
            code: agentroute_YYJSON_READ_SUCCESS,
            reason: "the text nests deeper than \(maximumDepth) levels", offset: 0)
    }

    /// A copy of `value`, which belongs to a living document; null where it nests too deep.
    init(copying value: UnsafeMutablePointer<agentroute_yyjson_val>) {
        self = unsafe (try? Self.convert(value, depth: 0)) ?? .null
    }

    private static func read(
        _ bytes: RawSpan, from start: Int, comments: Bool
    ) throws(Fault) -> JSONValue {
        var flags = agentroute_YYJSON_READ_NUMBER_AS_RAW
        if comments {
            flags |= agentroute_YYJSON_READ_ALLOW_COMMENTS
            flags |= agentroute_YYJSON_READ_ALLOW_TRAILING_COMMAS
        }
        let text = bytes.extracting(start..<bytes.byteCount)
        guard !text.isEmpty else {
            throw Fault(
                code: agentroute_YYJSON_READ_ERROR_EMPTY_CONTENT, reason: "no JSON text at all",
                offset: start)
        }
        // SAFETY: `error` is filled in before it is read; its message is a constant of the library.
        // Without the in-situ flag the library copies the text and never writes to it.
        var error = unsafe agentroute_yyjson_read_err()
        let document = unsafe text.withUnsafeBytes { buffer in
            let characters = unsafe UnsafeMutableRawPointer(mutating: buffer.baseAddress)?
                .assumingMemoryBound(to: CChar.self)
            return unsafe agentroute_yyjson_read_opts(
                characters, buffer.count, flags, nil, &error)
        }
        guard let document = unsafe document else {
            let reason = unsafe error.msg.map { unsafe String(cString: $0) }
            throw Fault(
                code: unsafe error.code, reason: reason ?? "not JSON",
                offset: unsafe start + error.pos)
        }
        // SAFETY: the document is ours, and no value of it is kept beyond the conversion.
        defer { unsafe agentroute_yyjson_doc_free(document) }
        return try unsafe convert(agentroute_yyjson_doc_get_root(document), depth: 0)
    }

    // SAFETY: in all that follows, a value belongs to a living document or is nil. The library's
    // accessors answer with null and zero for nil and for what a value is not; an iterator is set
    // up before it is used, and its end is nil.

    /// A copy of `value`, which lies `depth` containers deep.
    private static func convert(
        _ value: UnsafeMutablePointer<agentroute_yyjson_val>?, depth: Int
    ) throws(Fault) -> JSONValue {
        switch unsafe agentroute_yyjson_get_type(value) {
        case agentroute_yyjson_type(YYJSON_TYPE_BOOL):
            return .bool(unsafe agentroute_yyjson_get_bool(value))
        case agentroute_yyjson_type(YYJSON_TYPE_RAW):
            return .number(JSONNumber(grammatical: unsafe text(value)))
        case agentroute_yyjson_type(YYJSON_TYPE_STR):
            return .string(unsafe text(value))
        case agentroute_yyjson_type(YYJSON_TYPE_ARR):
            return .array(try unsafe elements(of: value, depth: depth + 1))
        case agentroute_yyjson_type(YYJSON_TYPE_OBJ):
            return .object(try unsafe members(of: value, depth: depth + 1))
        default:
            return .null
        }
    }

    private static func elements(
        of array: UnsafeMutablePointer<agentroute_yyjson_val>?, depth: Int
    ) throws(Fault) -> [JSONValue] {
        guard depth <= maximumDepth else { throw .tooDeep }
        var result: [JSONValue] = []
        unsafe result.reserveCapacity(agentroute_yyjson_arr_size(array))
        var iterator = unsafe agentroute_yyjson_arr_iter()
        unsafe agentroute_yyjson_arr_iter_init(array, &iterator)
        while let element = unsafe agentroute_yyjson_arr_iter_next(&iterator) {
            result.append(try unsafe convert(element, depth: depth))
        }
        return result
    }

    private static func members(
        of object: UnsafeMutablePointer<agentroute_yyjson_val>?, depth: Int
    ) throws(Fault) -> [JSONMember] {
        guard depth <= maximumDepth else { throw .tooDeep }
        var result: [JSONMember] = []
        unsafe result.reserveCapacity(agentroute_yyjson_obj_size(object))
        var iterator = unsafe agentroute_yyjson_obj_iter()
        unsafe agentroute_yyjson_obj_iter_init(object, &iterator)
        while let key = unsafe agentroute_yyjson_obj_iter_next(&iterator) {
            let value = try unsafe convert(agentroute_yyjson_obj_iter_get_val(key), depth: depth)
            result.append(JSONMember(key: unsafe text(key), value: value))
        }
        return result
    }

    /// The text of a string or of a number kept raw; the library has checked that it is UTF-8.
    private static func text(_ value: UnsafeMutablePointer<agentroute_yyjson_val>?) -> String {
        let start = unsafe agentroute_yyjson_get_str(value) ?? agentroute_yyjson_get_raw(value)
        let bytes = unsafe UnsafeRawBufferPointer(
            start: start, count: agentroute_yyjson_get_len(value))
        return unsafe String(decoding: bytes, as: UTF8.self)
    }
}
