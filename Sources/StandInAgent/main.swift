import EventLoop
import JSON

let environment = System.environment
let arguments: Arguments
do {
    arguments = try Arguments(CommandLine.arguments.dropFirst())
} catch {
    Terminal.writeError(error.message)
    Program.end(1)
}
if arguments.showsVersion {
    Terminal.write(Version.line + "\n")
    Program.end(0)
}

let directory = try System.workingDirectory()
let (session, transcript) = Launch.conversation(arguments, environment: environment, directory: directory)
guard System.isTerminal(0) else {
    Terminal.writeError("Error: Input must be provided by a terminal: the stand-in agent is interactive only")
    Program.end(1)
}
let loop = try EventLoop(name: "agent")
let agent = Agent(
    on: loop, arguments, session: session, transcript: transcript, environment: environment, directory: directory)
await agent.start(prompt: arguments.prompt)
// The agent ends the program.
try await loop.sleep(for: .practicallyForever)
