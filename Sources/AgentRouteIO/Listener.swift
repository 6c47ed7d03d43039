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

    /// Binds and listens.
    ///
    /// - Parameters:
    ///   - loop: Runs the listener and its connections.
    ///   - host: A literal IPv4 or IPv6 address.
    ///   - port: 0 picks a free one.
    ///   - limits: For the connections accepted.
    ///   - accept: Names the handler of a new connection, or refuses it with nil: the connection is
    ///     then closed at once and ignores every call. Held until `close`.
    /// - Throws: `IOError`; `isAddressInUse` when another socket has the port.
    package init(
        loop: EventLoop, host: String, port: UInt16, limits: ConnectionLimits,
        accept: @escaping (ServerConnection) -> (any ServerConnectionHandler)?
    ) throws(IOError) {
        loop.preconditionAccess()
        self.accept = accept
        var events = Self.events
        var connectionEvents = ServerConnection.events
        var limits = limits.c
        var error: Int32 = 0
        let context = Unmanaged.passRetained(self)
        let started = ar_listener_start(
            loop.handle, host, port, &limits, &events, &connectionEvents, context.toOpaque(), &error
        )
        guard let started else {
            // SAFETY: no listener came to be, so no callback will balance the retain.
            context.release()
            throw IOError(code: error, operation: "listen on \(host) port \(port)")
        }
        handle = started
        self.port = ar_listener_port(started)
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
