import AgentRouteIO

/// Plays the demo model's frames, each after its delay. Loop thread only.
final class FramePlayer {
    enum Event {
        case frame([UInt8])
        /// The last frame has been played. Nothing follows.
        case end
    }

    /// Bytes waiting for the client above which the player rests.
    static let highWater = 64 << 10

    private let frames: [DemoFrame]
    private let loop: EventLoop
    private var next = 0
    private var timer: LoopTimer?
    private var listener: ((Event) -> Void)?
    private var isPaused = false

    init(_ frames: [DemoFrame], loop: EventLoop) {
        self.frames = frames
        self.loop = loop
    }

    /// Begins. `listener` is held until the end or `cancel`.
    func start(_ listener: @escaping (Event) -> Void) {
        self.listener = listener
        timer = LoopTimer(loop: loop, after: delay) { [weak self] in self?.play() }
    }

    /// Rests until `resume`.
    func pause() {
        isPaused = true
    }

    func resume() {
        guard isPaused else { return }
        isPaused = false
        timer?.restart(after: delay)
    }

    func cancel() {
        timer?.cancel()
        timer = nil
        listener = nil
    }

    private var delay: UInt64 {
        next < frames.count ? UInt64(frames[next].delay.nanoseconds / 1_000_000) : 0
    }

    private func play() {
        guard let listener, next < frames.count else { return end() }
        let frame = frames[next]
        next += 1
        listener(.frame(frame.bytes))
        if next == frames.count {
            end()
        } else if !isPaused {
            timer?.restart(after: delay)
        }
    }

    private func end() {
        let listener = listener
        cancel()
        listener?(.end)
    }
}
