#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Python programs that do not outlive this process.
package enum BoundPython {
    /// The arguments of a Python, apart from the user's own modules and settings, that runs `program`;
    /// arguments that follow are the program's.
    ///
    /// Where Linux has it so, the kernel kills it when the thread that started it is gone, whatever
    /// became of that one (prctl(2), PR_SET_PDEATHSIG); one that lost its parent before that sees
    /// another in its place, and ends itself.
    package static func arguments(_ program: String) -> [String] {
        ["-I", "-u", "-c", bond + program, "\(getpid())"]
    }

    private static let bond = """
        import ctypes, os, signal, sys
        parent = int(sys.argv.pop(1))
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(1, signal.SIGKILL)
        if os.getppid() != parent:
            sys.exit("the program that started this one is gone")

        """
}
