#if os(Linux)
    /// SIGCHLD.
    enum ChildSignal {
        static let number: Int32 = 17
    }
#endif
