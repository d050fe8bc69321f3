import EventLoop
import JSON

/// A command's connection to the supervisor. It has no loop: a call waits for its reply.
public final class ControlClient {
    /// Whom this client talks to, once the supervisor has answered.
    public private(set) var supervisor: Hello.Result?

    /// The supervisor has said that somebody asked it to stop.
    public private(set) var isSupervisorStopping = false

    private let socket: BlockingSocket
    private let programVersion: String
    private var lastID: Int64 = 0
    private static let greetingID: Int64 = 1

    /// Connects; the greeting goes with the first call, in one write, unless ``greet()`` sends it before.
    /// - Throws: ``ControlError`` with `.disconnected` when nobody answers there.
    public init(socket path: String, programVersion: String) throws(ControlError) {
        self.programVersion = programVersion
        do {
            socket = try BlockingSocket(path: path)
        } catch where error.code == .notFound || error.code == .refused {
            throw ControlError(.disconnected, "No supervisor answers at \(path).")
        } catch {
            throw ControlError(.failed, "The supervisor cannot be reached: \(error)")
        }
    }

    /// What a caller does while it waits for a reply.
    public struct Attention {
        /// How often `tick` is called.
        public var interval: Duration
        /// Called before the first wait and then at every interval; ends the call by throwing.
        public var tick: () throws(ControlError) -> Void
        /// Called for each notification, with its method and parameters.
        public var notified: (String, JSON) -> Void

        public init(
            every interval: Duration = .seconds(3600), tick: @escaping () throws(ControlError) -> Void = {},
            notified: @escaping (String, JSON) -> Void = { _, _ in }
        ) {
            self.interval = interval
            self.tick = tick
            self.notified = notified
        }
    }

    /// - Throws: ``ControlError``: the supervisor's own, or `.disconnected` when the connection was lost before the reply.
    public func call<Call: ControlCall>(
        _ call: Call, attention: Attention = Attention()
    ) throws(ControlError) -> Call.Result {
        let reply = try reply(to: call, attention)
        do {
            return try reply.decode(Call.Result.self)
        } catch {
            throw ControlError(.internalError, "The supervisor's answer to \"\(Call.method)\" is not understood: \(error)")
        }
    }

    /// Waits for notifications until the supervisor leaves, or `notified` throws or returns false.
    public func listen(_ notified: (String, JSON) throws -> Bool) throws {
        while let line = try nextLine(Attention(), for: "listen") {
            guard case .notification(let method, let parameters) = try Envelope(line: line) else { continue }
            if try !notified(method, parameters) { return }
        }
    }

    /// Returns when the supervisor has answered: what is asked of it then is known to reach it.
    /// - Throws: ``ControlError``: `.disconnected` when it left, `.incompatible` when it is of another version.
    public func greet() throws(ControlError) {
        guard lastID == 0 else { return }
        lastID = Self.greetingID
        do {
            try socket.write(request(Hello(programVersion: programVersion), Self.greetingID))
        } catch let error as ControlError {
            throw error
        } catch {
            throw lost(Hello.method, Hello.adviceWhenLost)
        }
        while let line = try nextLine(Attention(), for: Hello.method) {
            switch try Envelope(line: line) {
            case .result(Self.greetingID, let result):
                supervisor = try? result.decode(Hello.Result.self)
                return
            case .failure(_, let error): throw error
            case .request, .result, .notification: continue
            }
        }
        throw lost(Hello.method, Hello.adviceWhenLost)
    }

    private func reply<Call: ControlCall>(to call: Call, _ attention: Attention) throws(ControlError) -> JSON {
        let id = try send(call)
        while let line = try nextLine(attention, for: Call.method) {
            switch try Envelope(line: line) {
            case .result(Self.greetingID, let result):
                supervisor = try? result.decode(Hello.Result.self)
            case .result(id, let result):
                return result
            // A supervisor of another version refuses the greeting and takes the call that makes room for this one all the same.
            case .failure(Self.greetingID, let error) where Call.method != SupervisorStopCall.method:
                throw error
            case .failure(let failed, let error) where failed == id || failed == nil:
                throw error
            case .notification(StoppingNotification.method, _):
                isSupervisorStopping = true
            case .notification(let method, let parameters):
                attention.notified(method, parameters)
            case .request, .result, .failure:
                continue
            }
        }
        throw lost(Call.method, Call.adviceWhenLost)
    }

    private func send<Call: ControlCall>(_ call: Call) throws(ControlError) -> Int64 {
        var bytes: [UInt8] = []
        if lastID == 0 {
            lastID = Self.greetingID
            bytes = try request(Hello(programVersion: programVersion), Self.greetingID)
        }
        lastID += 1
        bytes += try request(call, lastID)
        do {
            try socket.write(bytes)
        } catch {
            throw lost(Call.method, Call.adviceWhenLost)
        }
        return lastID
    }

    private func request<Call: ControlCall>(_ call: Call, _ id: Int64) throws(ControlError) -> [UInt8] {
        do {
            return Envelope.request(id: id, method: Call.method, parameters: try JSON.encode(call)).line
        } catch {
            throw ControlError(.internalError, "\"\(Call.method)\" cannot be written: \(error)")
        }
    }

    /// Nil when the supervisor has left.
    private func nextLine(_ attention: Attention, for method: String) throws(ControlError) -> [UInt8]? {
        while true {
            try attention.tick()
            do {
                return try socket.readLine(limit: .max, deadline: .now + attention.interval)
            } catch where error.code == .timedOut {
                continue
            } catch where error.code == .refused {
                return nil
            } catch {
                throw ControlError(.failed, "The supervisor's answer to \"\(method)\" cannot be read: \(error)")
            }
        }
    }

    private func lost(_ method: String, _ advice: String) -> ControlError {
        ControlError(.disconnected, "The supervisor left before it answered \"\(method)\". \(advice)")
    }
}

@available(*, unavailable)
extension ControlClient: Sendable {}
