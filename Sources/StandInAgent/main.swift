import EventLoop
import JSON

let environment = Process.environment
let arguments: Arguments
do {
    arguments = try Arguments(CommandLine.arguments.dropFirst())
} catch {
    Terminal.writeError(error.message)
    Process.exit(1)
}
if arguments.showsVersion {
    Terminal.write(Version.line + "\n")
    Process.exit(0)
}

let directory = System.realPath(Process.workingDirectory) ?? Process.workingDirectory
let (session, transcript) = Launch.conversation(arguments, environment: environment, directory: directory)
guard System.isTerminal(0) else {
    Terminal.writeError("Error: Input must be provided by a terminal: the stand-in agent is interactive only")
    Process.exit(1)
}
let loop = try EventLoop(name: "agent")
let agent = Agent(
    on: loop, arguments, session: session, transcript: transcript, environment: environment, directory: directory)
await agent.start(prompt: arguments.prompt)
// The agent ends the program.
try await loop.sleep(for: .practicallyForever)
