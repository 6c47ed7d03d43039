internal import CAgentRouteYYJSON

/// Reads JSON texts in place, one after the other, in memory that is kept: reading an event of a
/// stream allocates nothing.
///
///     try document.read(data) { event in
///         if event["type"]?.equals("ping") == true { ... }
///     }
@safe
package struct JSONDocument: ~Copyable {
    /// Memory for the library, of `capacity` bytes.
    private var base: UnsafeMutableRawPointer
    private var capacity: Int

    /// A reader with room for texts of about 1 KiB; it grows with them.
    package init() {
        capacity = 16 << 10
        unsafe base = .allocate(byteCount: capacity, alignment: 16)
    }

    deinit {
        // SAFETY: nothing else holds the memory, and this is its end.
        unsafe base.deallocate()
    }

    /// Reads `text` and lends its root.
    ///
    /// - Parameters:
    ///   - text: One JSON text, UTF-8.
    ///   - use: Gets the root. It and what is found through it are valid for the call only: keep
    ///     strings and ``JSONNode/value``, never nodes.
    /// - Throws: ``JSONSyntaxError``. A surrogate escape without its partner reads as U+FFFD, as in
    ///   ``JSONValue/parse(_:comments:)``: providers cut a character in half between two events.
    package mutating func read<Result>(
        _ text: RawSpan, _ use: (JSONNode) -> Result
    ) throws(JSONSyntaxError) -> Result {
        guard !text.isEmpty else {
            throw JSONSyntaxError("no JSON text at all", at: 0, in: text)
        }
        var error = unsafe agentroute_yyjson_read_err()
        if let root = unsafe root(of: text, &error) { return use(unsafe JSONNode(root)) }
        if unsafe error.code == agentroute_YYJSON_READ_ERROR_INVALID_STRING {
            var repaired = unsafe text.withUnsafeBytes { unsafe [UInt8]($0) }
            // SAFETY: the span borrows `repaired`, which is not changed any more.
            if JSONString.replaceLoneSurrogates(in: &repaired),
                let root = unsafe root(of: repaired.span.bytes, &error)
            {
                return use(unsafe JSONNode(root))
            }
        }
        let reason = unsafe error.msg.map { unsafe String(cString: $0) }
        throw JSONSyntaxError(reason ?? "not JSON", at: unsafe error.pos, in: text)
    }

    /// The root of `text`, in memory of this reader: valid until it reads again. Nil if the text is
    /// faulty, which `error` tells of.
    private mutating func root(
        of text: RawSpan, _ error: inout agentroute_yyjson_read_err
    ) -> UnsafeMutablePointer<agentroute_yyjson_val>? {
        // The library's own bound for reading with copies: 12 times the text, and some.
        let needed = text.byteCount * 12 + 4096
        if needed > capacity { grow(to: needed) }
        // SAFETY: the pool lives in `base`, which nothing else uses until the next read; the document
        // and all its values lie in it. The text is copied by the library and never written to.
        var pool = unsafe agentroute_yyjson_alc()
        unsafe agentroute_yyjson_alc_pool_init(&pool, base, capacity)
        let document = unsafe text.withUnsafeBytes { buffer in
            unsafe agentroute_yyjson_read_opts(
                UnsafeMutableRawPointer(mutating: buffer.baseAddress)?
                    .assumingMemoryBound(to: CChar.self),
                buffer.count, agentroute_YYJSON_READ_NUMBER_AS_RAW, &pool, &error)
        }
        return unsafe document.flatMap { unsafe agentroute_yyjson_doc_get_root($0) }
    }

    private mutating func grow(to needed: Int) {
        unsafe base.deallocate()
        capacity = max(needed, capacity * 2)
        unsafe base = .allocate(byteCount: capacity, alignment: 16)
    }
}

/// A value of the text a ``JSONDocument`` is reading. Valid inside that call only.
@safe
package struct JSONNode {
    /// SAFETY: the document's memory outlives every node, by the rule above.
    private let pointer: UnsafeMutablePointer<agentroute_yyjson_val>

    init(_ pointer: UnsafeMutablePointer<agentroute_yyjson_val>) {
        unsafe self.pointer = pointer
    }

    /// The member `key`; nil if there is none, it is null, or this is no object.
    package subscript(key: StaticString) -> JSONNode? {
        let found = key.withUTF8Buffer { name in
            unsafe name.withMemoryRebound(to: CChar.self) {
                unsafe agentroute_yyjson_obj_getn(pointer, $0.baseAddress, $0.count)
            }
        }
        guard let found = unsafe found, unsafe !agentroute_yyjson_is_null(found) else { return nil }
        return unsafe JSONNode(found)
    }

    /// Whether this is an object.
    package var isObject: Bool { unsafe agentroute_yyjson_is_obj(pointer) }

    /// Whether this is an array.
    package var isArray: Bool { unsafe agentroute_yyjson_is_arr(pointer) }

    /// Whether this is a string.
    package var isString: Bool { unsafe agentroute_yyjson_is_str(pointer) }

    /// A copy of the string, if it is one.
    package var string: String? {
        guard isString else { return nil }
        return unsafe String(
            decoding: UnsafeRawBufferPointer(
                start: agentroute_yyjson_get_str(pointer),
                count: agentroute_yyjson_get_len(pointer)), as: UTF8.self)
    }

    /// Whether this is the string `text`.
    package func equals(_ text: StaticString) -> Bool {
        text.withUTF8Buffer { bytes in
            unsafe bytes.withMemoryRebound(to: CChar.self) {
                unsafe agentroute_yyjson_equals_strn(pointer, $0.baseAddress, $0.count)
            }
        }
    }

    /// Whether this is a string of no characters.
    package var isEmptyString: Bool {
        unsafe isString && agentroute_yyjson_get_len(pointer) == 0
    }

    /// The number, by its exact text, if it is one.
    package var number: JSONNumber? {
        guard unsafe agentroute_yyjson_is_raw(pointer) else { return nil }
        let text = unsafe String(
            decoding: UnsafeRawBufferPointer(
                start: agentroute_yyjson_get_raw(pointer),
                count: agentroute_yyjson_get_len(pointer)), as: UTF8.self)
        return JSONNumber(grammatical: text)
    }

    /// The integer, if it is a whole number that fits.
    package var int: Int? { number?.int }

    /// The boolean, if it is one.
    package var bool: Bool? {
        unsafe agentroute_yyjson_is_bool(pointer) ? agentroute_yyjson_get_bool(pointer) : nil
    }

    /// Calls `use` with each element, in order; not at all if this is no array.
    package func eachElement(_ use: (JSONNode) -> Void) {
        guard isArray else { return }
        var iterator = unsafe agentroute_yyjson_arr_iter()
        unsafe agentroute_yyjson_arr_iter_init(pointer, &iterator)
        while let element = unsafe agentroute_yyjson_arr_iter_next(&iterator) {
            use(unsafe JSONNode(element))
        }
    }

    /// The first element, if this is an array with one.
    package var first: JSONNode? {
        guard let element = unsafe agentroute_yyjson_arr_get_first(pointer) else { return nil }
        return unsafe JSONNode(element)
    }

    /// A copy of the value; null where it nests deeper than ``JSONValue/maximumDepth``.
    package var value: JSONValue { unsafe JSONValue(copying: pointer) }
}
