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

/// As `recover` and a call of `use`, without keeping the object alive meanwhile: for the frequent
/// callbacks. Nil for a callback that belongs to no object.
///
/// SAFETY: `on_closed`, with which the reference C holds is released, never comes inside the callbacks
/// that use this: a close is told later, on the loop, and `ar_conn_release` tells it at once only of a
/// connection whose response is complete, which is to say not before `on_complete`.
@inline(__always)
func borrow<Object: AnyObject, Result>(
    _ context: UnsafeMutableRawPointer?, as type: Object.Type, _ use: (Object) -> Result
) -> Result? {
    guard let context else { return nil }
    return Unmanaged<Object>.fromOpaque(context)._withUnsafeGuaranteedRef(use)
}
