/// Hears that something changed in a directory: a hint to look, never what happened.
///
/// All watches of one directory on a loop share one watch of the system. A directory that is deleted and
/// made anew, replaced, or not there yet is watched as soon as it is there. Where the system reports no
/// changes (its limit is reached, or the file system is a network's or a virtual machine's host's), the
/// owner is told to look four times a second.
public final class DirectoryWatch {
    private let loop: EventLoop
    private var subscription: (shared: SharedDirectoryWatch, number: Int)?

    /// - Parameters:
    ///   - directory: need not exist. Its subdirectories are not watched.
    ///   - changed: gets the name of an entry that was made, written, renamed or removed; after a rename of
    ///     the directory a name may be out of date. Gets nil when anything may have changed: the directory
    ///     came, went or was replaced, or events may have been lost. Not called by itself at the start.
    public init(on loop: EventLoop, directory: String, changed: @escaping (String?) -> Void) {
        self.loop = loop
        subscription = loop.directories.watch(directory, on: loop).map { ($0, $0.add(changed)) }
    }

    public func close() {
        precondition(loop.isCurrent, "handles are used on their loop's thread only")
        guard let (shared, number) = subscription.take() else { return }
        shared.remove(number)
    }
}

@available(*, unavailable)
extension DirectoryWatch: Sendable {}
