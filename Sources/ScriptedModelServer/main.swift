import Foundation
import ScriptedModel

// Starts a scripted model, prints `{"port":…,"url":"…","openai":"…"}` and serves until standard input ends.
let model = try await ScriptedModel.start()
let addresses = #"{"port":\#(model.port),"url":"\#(model.baseURL)","openai":"\#(model.openAIBaseURL)"}"#
try FileHandle.standardOutput.write(contentsOf: Data(addresses.utf8 + [10]))
while readLine() != nil {}
await model.stop()
