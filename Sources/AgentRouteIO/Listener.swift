import CAgentRouteIO

/// A listening socket. Loop thread only.
///
/// It listens until `close`, referenced or not.
package final class Listener {
    /// The port listened on: the one the system chose when 0 was asked for.
    package private(set) var port: UInt16 = 0

    /// Nil once closed, and with it whatever it holds.
    private var accept: ((ServerConnection) -> (any ServerConnectionHandler)?)?
    private var handle: OpaquePointer?

    /// Where to listen.
    package enum Place {
        /// At a literal IPv4 or IPv6 address and a port, of which 0 picks a free one.
        case address(String, port: UInt16)
        /// On a TCP socket that is bound and listens already, handed over by whoever opened it. It
        /// becomes the listener's.
        case socket(Int32)
    }

    /// Binds and listens.
    ///
    /// - Parameters:
    ///   - loop: Runs the listener and its connections.
    ///   - place: Where to listen.
    ///   - limits: For the connections accepted.
    ///   - accept: Names the handler of a new connection, or refuses it with nil: the connection is
    ///     then closed at once and ignores every call. Held until `close`.
    /// - Throws: `IOError`; `isAddressInUse` when another socket has the port.
    package init(
        loop: EventLoop, place: Place, limits: ConnectionLimits,
        accept: @escaping (ServerConnection) -> (any ServerConnectionHandler)?
    ) throws(IOError) {
        loop.preconditionAccess()
        self.accept = accept
        var error: Int32 = 0
        let context = Unmanaged.passRetained(self)
        let started = Self.start(
            loop, place, limits: limits, context: context.toOpaque(), error: &error)
        guard let started else {
            // SAFETY: no listener came to be, so no callback will balance the retain.
            context.release()
            throw IOError(code: error, operation: place.operation)
        }
        handle = started
        self.port = ar_listener_port(started)
    }

    /// Binds to `port`, 0 for a free one, of the literal address `host`, and listens.
    package convenience init(
        loop: EventLoop, host: String, port: UInt16, limits: ConnectionLimits,
        accept: @escaping (ServerConnection) -> (any ServerConnectionHandler)?
    ) throws(IOError) {
        try self.init(
            loop: loop, place: .address(host, port: port), limits: limits, accept: accept)
    }

    private static func start(
        _ loop: EventLoop, _ place: Place, limits: ConnectionLimits,
        context: UnsafeMutableRawPointer, error: inout Int32
    ) -> OpaquePointer? {
        var events = Self.events
        var connectionEvents = ServerConnection.events
        var limits = limits.c
        switch place {
        case .address(let host, let port):
            return ar_listener_start(
                loop.handle, host, port, &limits, &events, &connectionEvents, context, &error)
        case .socket(let descriptor):
            return ar_listener_adopt(
                loop.handle, descriptor, &limits, &events, &connectionEvents, context, &error)
        }
    }

    /// Stops accepting. Connections already accepted live on.
    package func close() {
        accept = nil
        guard let handle else { return }
        self.handle = nil
        ar_listener_close(handle)
    }

    // MARK: From C

    /// The C table of every listener; the context is the listener, retained from its start until
    /// `on_closed`.
    private static let events = ar_listener_events_t(
        on_accept: { context, connection, connectionContext in
            guard
                let listener = recover(context, as: Listener.self),
                let accepted = listener.accepted(connection)
            else { return 0 }
            // SAFETY: balanced in the connection's `on_closed`, and nowhere else.
            connectionContext.pointee = Unmanaged.passRetained(accepted).toOpaque()
            return 1
        },
        on_closed: { context in relinquish(context, as: Listener.self)?.closed() })

    private func accepted(_ handle: OpaquePointer) -> ServerConnection? {
        guard let accept else { return nil }
        let connection = ServerConnection(handle: handle)
        connection.handler = accept(connection)
        guard connection.handler != nil else {
            connection.refuse()
            return nil
        }
        return connection
    }

    private func closed() {
        accept = nil
        handle = nil
    }
}

extension Listener.Place {
    /// What an error says was tried.
    fileprivate var operation: String {
        switch self {
        case .address(let host, let port): "listen on \(host) port \(port)"
        case .socket(let descriptor): "listen on the socket handed over as descriptor \(descriptor)"
        }
    }
}
