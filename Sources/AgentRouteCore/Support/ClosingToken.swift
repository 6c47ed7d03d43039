/// Calls a closure when nothing holds it any more. A child process drops its closures when it has
/// ended and its outputs are closed: the token that only they hold tells of it.
final class ClosingToken {
    private let closing: () -> Void

    init(_ closing: @escaping () -> Void) {
        self.closing = closing
    }

    deinit {
        closing()
    }
}
