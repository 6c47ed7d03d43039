import CAgentRouteIO
import Glibc

/// Where client connections go and what they are allowed. Times are milliseconds.
package struct OriginOptions {
    /// A name or a literal address, without brackets.
    package var host: String
    /// The TCP port.
    package var port: UInt16
    /// Whom to trust; nil for plain HTTP.
    package var tls: TLSContext?
    /// For resolving, connecting and TLS together, over all addresses of the host.
    package var connect: UInt32 = 10_000
    /// From the request's last byte to the response's head.
    package var headers: UInt32 = 600_000
    /// Without a byte of the response's body.
    package var silence: UInt32 = 300_000
    /// Idle connections kept at most.
    package var poolSize: UInt32 = 256
    /// And for how long.
    package var poolIdle: UInt32 = 60_000
    /// Of these a client connection heeds `headBytes`, `writeMilliseconds` and the water marks.
    package var limits = ConnectionLimits()

    /// The defaults of the configuration, for one host.
    package init(host: String, port: UInt16, tls: TLSContext? = nil) {
        self.host = host
        self.port = port
        self.tls = tls
    }
}

/// One host's connections, with the pool of those kept alive. Loop thread only.
package final class Origin {
    /// Keeps the C loop for as long as the C origin, which tells nobody when the loop goes.
    private let loop: EventLoop
    private var handle: OpaquePointer?

    /// Prepares an origin; nothing is resolved or connected yet. Where memory is too short for it,
    /// `connect` says so.
    package init(loop: EventLoop, options: OriginOptions) {
        loop.preconditionAccess()
        self.loop = loop
        var events = ClientConnection.events
        handle = options.host.withCString { host in
            var options = ar_origin_options_t(
                host: host, port: options.port, tls: options.tls?.handle,
                connect_ms: options.connect, head_ms: options.headers,
                silence_ms: options.silence, pool_size: options.poolSize,
                pool_idle_ms: options.poolIdle, limits: options.limits.c)
            return ar_origin_create(loop.handle, &options, &events)
        }
    }

    deinit {
        close()
    }

    /// Opens a connection for one exchange.
    ///
    /// `handler` is told `clientConnectionReady` when the request may be sent, or `ended`. A live
    /// connection from the pool is ready at once: the handler then hears of it inside this call, just
    /// before it returns.
    ///
    /// - Parameter pooled: Whether a kept-alive connection will do. False asks for a new one, as after
    ///   a kept-alive one proved stale.
    /// - Returns: nil when memory is short or the origin is closed; the handler then hears nothing.
    package func connect(
        handler: any ClientConnectionHandler, pooled: Bool
    ) -> ClientConnection? {
        guard let handle else { return nil }
        let connection = ClientConnection(handler: handler)
        // SAFETY: balanced in the connection's `on_closed`, or below when there is none to come.
        let context = Unmanaged.passRetained(connection)
        guard let opened = ar_origin_connect(handle, pooled ? 1 : 0, context.toOpaque()) else {
            context.release()
            return nil
        }
        connection.opened(opened)
        return connection
    }

    /// Kept-alive connections that wait for an exchange.
    package var idleCount: Int {
        guard let handle else { return 0 }
        return Int(ar_origin_idle_count(handle))
    }

    /// Closes the idle connections. Those in use live on and close after their exchange.
    package func close() {
        guard let handle else { return }
        self.handle = nil
        ar_origin_free(handle)
    }
}
