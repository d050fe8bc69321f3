import CLibuv

/// The one watch of a directory that all its `DirectoryWatch`es share.
final class SharedDirectoryWatch: HandleOwner {
    private enum State {
        case stopped
        /// The system reports changes of this directory.
        case watched(HandleMemory, FileIdentity)
        /// It is not there; its parent says when it comes.
        case awaited(DirectoryWatch?)
        /// It cannot be watched; `mayRecover` when it may be later.
        case polled(mayRecover: Bool)
    }

    let path: String
    private let name: String
    private let loop: EventLoop
    private var state = State.stopped
    private var subscribers: [Int: (String?) -> Void] = [:]
    private var nextSubscriber = 0
    private var seenActivity = 0
    private var quietLooks = 0

    /// After so many looks that found nothing to do, the directory is watched anew and the owners are told to
    /// look all the same: an event can also be lost by a file system that does not report what others do.
    private static let quietLooksUntilAlarm = 5

    init(path: String, on loop: EventLoop) {
        self.path = path
        self.loop = loop
        name = path.split(separator: "/").last.map(String.init) ?? path
    }

    var isPolled: Bool {
        if case .polled = state { true } else { false }
    }

    // MARK: Subscribers

    func add(_ changed: @escaping (String?) -> Void) -> Int {
        nextSubscriber += 1
        subscribers[nextSubscriber] = changed
        return nextSubscriber
    }

    func remove(_ subscriber: Int) {
        subscribers[subscriber] = nil
        if subscribers.isEmpty { close() }
    }

    /// Who closes its watch while others are told is not told any more.
    private func notify(_ entry: String?) {
        for subscriber in subscribers.keys { subscribers[subscriber]?(entry) }
    }

    func close() {
        disarm()
        subscribers = [:]
        loop.directories.remove(self)
    }

    // MARK: The watch

    private var identity: FileIdentity? {
        guard let state = System.state(of: path), state.kind == .directory else { return nil }
        return state.identity
    }

    /// Watches the directory, waits for it, or gives up and polls.
    func arm() {
        disarm()
        guard identity != nil else { return awaitDirectory() }
        if System.hidesChanges(path) {
            state = .polled(mayRecover: false)
            return
        }
        let memory = HandleMemory(.directoryWatch, UV_FS_EVENT, on: loop)
        do {
            try memory.open(owner: self, "watching \(path)") { uv_fs_event_init(loop.raw, memory.pointer()) }
        } catch {
            return
        }
        let status = loop.directories.refusal ?? uv_fs_event_start(
            memory.pointer(),
            { handle, entry, events, status in
                let entry = entry.map { String(cString: $0) }
                HandleMemory.owner(of: handle, as: SharedDirectoryWatch.self).received(entry, events, status)
            }, path, 0)
        guard status == 0 else {
            memory.close()
            if status == UV_ENOENT.rawValue { return awaitDirectory() }
            state = .polled(mayRecover: true)
            return
        }
        // What is watched is what was there at the start of the watch; if that is gone by now, its end was
        // reported or will be.
        guard let identity else {
            memory.close()
            return awaitDirectory()
        }
        state = .watched(memory, identity)
        quietLooks = 0
    }

    private func awaitDirectory() {
        let parent = System.parentDirectory(of: path).map { parent in
            DirectoryWatch(on: loop, directory: parent) { [unowned self] entry in
                if entry == nil || entry == name { verify() }
            }
        }
        state = .awaited(parent)
        // It may have come before its parent was watched.
        if identity != nil { arm() }
    }

    private func disarm() {
        switch state {
        case .watched(let memory, _): memory.close()
        case .awaited(let parent): parent?.close()
        case .stopped, .polled: break
        }
        state = .stopped
    }

    private func received(_ entry: String?, _ events: Int32, _ status: Int32) {
        loop.directories.activity += 1
        // The directory's own end and renaming come under its own name, as an entry's of that name would.
        // The inode does not tell them apart: a directory made anew often gets the one that became free.
        let isOwnEnd = entry == nil || entry == name && events & Int32(UV_RENAME.rawValue) != 0
        if status != 0 || isOwnEnd { arm() }
        notify(status != 0 || isOwnEnd ? nil : entry)
    }

    /// Follows the path when what is there is not what is watched.
    private func verify() {
        switch state {
        case .watched(_, let watched):
            if identity.map(watched.isSameFile) == true { return }
        case .awaited:
            if identity == nil { return }
        case .stopped, .polled:
            return
        }
        arm()
        notify(nil)
    }

    /// The slow look.
    func look() {
        switch state {
        case .stopped:
            return
        case .awaited:
            verify()
        case .polled(let mayRecover):
            if mayRecover || identity == nil { arm() }
            notify(nil)
        case .watched(let memory, let watched):
            guard let now = identity, now.isSameFile(watched) else { return verify() }
            let isQuiet = now.modified == watched.modified && seenActivity == loop.directories.activity
            seenActivity = loop.directories.activity
            state = .watched(memory, now)
            quietLooks = isQuiet ? quietLooks + 1 : 0
            if quietLooks == Self.quietLooksUntilAlarm {
                quietLooks = 0
                arm()
            }
            if quietLooks == 0 { notify(nil) }
        }
    }
}
