import HTTPTypes
import Hummingbird

extension Request {
    /// The agent session that sent it; see `RecordedRequest.session`.
    var session: String? {
        RecordedRequest.sessionHeaders.lazy.compactMap { HTTPField.Name($0) }.compactMap { headers[$0] }.first
    }
}
