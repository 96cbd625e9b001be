import ArgumentParser

/// Runs the command that the arguments name and turns every outcome into an exit code.
enum Runner {
  /// Runs a command; arguments that are not UTF-8 are refused, since what stands for them would
  /// be stored in their place.
  static func run(_ arguments: [String], areText: Bool) -> Int32 {
    guard areText else {
      return say("an argument is not UTF-8; give text, or a file with -", exit: .usage)
    }
    if let unknown = CommandNames.unknown(in: arguments) {
      return say(CommandNames.message(unknown), exit: .usage)
    }
    var command: any ParsableCommand
    do {
      command = try CareFSCommand.parseAsRoot(Word.protect(arguments))
    } catch {
      return report(parsing: error, arguments)
    }
    do {
      try command.run()
      return 0
    } catch let error where CareFSCommand.exitCode(for: error) == .success {
      return printHelp(CareFSCommand.fullMessage(for: error))
    } catch let code as ExitCode {
      return code.rawValue
    } catch is BrokenPipe {
      return 0
    } catch {
      let failure = Failure(error)
      return say(failure.message, exit: failure.exit)
    }
  }

  private static func report(parsing error: any Error, _ arguments: [String]) -> Int32 {
    if CareFSCommand.exitCode(for: error) == .success {
      return printHelp(CareFSCommand.fullMessage(for: error))
    }
    let name = arguments.first { CommandNames.all.contains($0) }
    let command = name.map { "carefs \($0)" } ?? "carefs"
    var what = CareFSCommand.message(for: error)
    if what.last == "." { what.removeLast() }
    return say("\(what); see `\(command) --help`", exit: .usage)
  }

  private static func printHelp(_ text: String) -> Int32 {
    let output = Output(descriptor: 1)
    do {
      try output.write(text + "\n")
      try output.flush()
      return 0
    } catch is BrokenPipe {
      return 0
    } catch {
      return say(Failure(error).message, exit: .io)
    }
  }

  /// Prints an error as one line.
  private static func say(_ message: String, exit: Failure.Exit) -> Int32 {
    Message.error(Word.unprotect(message))
    return exit.rawValue
  }
}
