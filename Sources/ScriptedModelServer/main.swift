import Foundation
import ScriptedModel

// Starts a scripted model, prints `{"port":…,"url":"…"}` and serves until standard input ends.
let model = try await ScriptedModel.start()
try FileHandle.standardOutput.write(contentsOf: Data(#"{"port":\#(model.port),"url":"\#(model.baseURL)"}"#.utf8 + [10]))
while readLine() != nil {}
await model.stop()
