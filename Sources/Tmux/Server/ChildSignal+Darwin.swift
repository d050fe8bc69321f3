#if canImport(Darwin)
    /// SIGCHLD.
    enum ChildSignal {
        static let number: Int32 = 20
    }
#endif
