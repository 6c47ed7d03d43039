/// The object a C context pointer stands for, or nil for a callback that belongs to none.
///
/// SAFETY: every context handed to C in this target is `Unmanaged.passRetained` of exactly one class,
/// the class whose callback table went with it; the reference is released in that object's last
/// callback (`relinquish`), so the object is alive in every callback before.
@inline(__always)
func recover<Object: AnyObject>(
    _ context: UnsafeMutableRawPointer?, as type: Object.Type
) -> Object? {
    guard let context else { return nil }
    return Unmanaged<Object>.fromOpaque(context).takeUnretainedValue()
}

/// As `recover`, and takes over the reference C held: for the last callback only.
@inline(__always)
func relinquish<Object: AnyObject>(
    _ context: UnsafeMutableRawPointer?, as type: Object.Type
) -> Object? {
    guard let context else { return nil }
    return Unmanaged<Object>.fromOpaque(context).takeRetainedValue()
}
