import Testing

/// What a client and a provider may rely on, shown through a real gateway over real sockets.
///
/// Serialised, since many promises are about time and this machine's sockets; each test runs on a
/// thread of its own, since the sockets block.
@Suite("Conformance", .serialized, .onOwnThread)
enum Conformance {}
