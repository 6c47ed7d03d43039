package import AgentRouteWire

/// Carries exchanges between a client's wire and a provider's.
///
/// A translator is pure: it is asked how a request changes on its way and what becomes of the
/// response, and does no I/O. The gateway keeps a list and takes the first that will do.
package protocol Translator: Sendable {
    /// The client side it serves.
    var wire: Wire { get }

    /// How an exchange with `upstream` is carried, or nil when this translator cannot reach it.
    func handler(upstream: Upstream) -> RequestHandler?
}

/// How one exchange is carried.
package enum RequestHandler: Sendable {
    /// The request's body goes on but for one range, the response as it is.
    case splice(any BodySplicer)
    /// Both are read and written anew.
    case translate(NativeHandler)
}

/// Changes one range of a request's body.
package protocol BodySplicer: Sendable {
    /// What of the client's body is not sent as it came.
    ///
    /// - Parameters:
    ///   - request: What is known of the body: its top-level members and where they stand.
    ///   - inserted: Receives the bytes that take the place of the answered range.
    /// - Returns: The range of the body that `inserted` replaces; nil to send the body as it is.
    func edit(_ request: JSONScanner.TopLevel, inserting inserted: inout ByteWriter) -> Range<Int>?
}
