internal import Glibc

/// What systemd hands to a program that it starts for a client: the socket the client has connected to
/// (sd_listen_fds(3)).
enum SocketActivation {
    /// The first descriptor that is handed over: `SD_LISTEN_FDS_START`.
    private static let firstDescriptor: Int32 = 3

    /// The socket that was handed to this process; nil if none was, or it was meant for another one
    /// whose environment this one has.
    static func socket(environment: [String: String], pid: Int32 = getpid()) -> Int32? {
        guard environment["LISTEN_PID"] == "\(pid)",
            let count = environment["LISTEN_FDS"].flatMap({ Int($0) }), count > 0
        else { return nil }
        return firstDescriptor
    }
}
