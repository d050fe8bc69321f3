import CLibuv

extension System {
    /// This process's resident memory in bytes, or nil if the system does not tell.
    public static var residentBytes: Int? {
        var bytes = 0
        return uv_resident_set_memory(&bytes) == 0 ? bytes : nil
    }
}
