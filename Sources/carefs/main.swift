#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

// A reader that has seen enough closes the pipe: writing then fails quietly instead of killing us.
signal(SIGPIPE, SIG_IGN)
SystemCall.takeStandardStreams()
exit(Runner.run(Array(CommandLine.arguments.dropFirst()), areText: SystemCall.argumentsAreText()))
