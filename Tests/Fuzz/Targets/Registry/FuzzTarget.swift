/// Something that must take bytes of any origin: it answers, or throws an error of a known type.
public struct FuzzTarget: Sendable {
  /// How the bytes are laid out, for what changes them.
  public enum Shape: Sendable {
    /// Text, or bytes without a known form; the words often mean something in it.
    case text(words: [String])
    /// A page file.
    case pages
    /// A page file and its log, as ``FilePair`` joins them.
    case pair
  }

  /// The name, as the command line takes it.
  public let name: String
  /// The share of the time that it gets, compared with the others.
  public let share: Int
  /// The longest input.
  public let maximumLength: Int
  /// How the bytes are laid out.
  public let shape: Shape
  /// Inputs to begin with, made by the program itself.
  public let seeds: @Sendable () throws -> [[UInt8]]
  private let body: @Sendable (UnsafeRawBufferPointer) throws -> Void

  init(
    _ name: String, share: Int = 8, maximumLength: Int, shape: Shape,
    seeds: @escaping @Sendable () throws -> [[UInt8]],
    _ body: @escaping @Sendable (UnsafeRawBufferPointer) throws -> Void
  ) {
    self.name = name
    self.share = share
    self.maximumLength = maximumLength
    self.shape = shape
    self.seeds = seeds
    self.body = body
  }

  /// Takes an input.
  ///
  /// - Throws: ``FuzzFinding`` for what may not happen: an error of another type than the known ones,
  ///   or a rule that the target states and that does not hold.
  public func run(_ input: UnsafeRawBufferPointer) throws {
    do { try body(input) } catch let finding as FuzzFinding {
      throw finding
    } catch {
      guard KnownErrors.contains(error) else {
        throw FuzzFinding("an error of no known type: \(type(of: error)): \(error)")
      }
    }
  }

  /// Takes an input.
  public func run(_ input: [UInt8]) throws { try input.withUnsafeBytes { try run($0) } }
}

/// What may not happen, whatever the input.
public struct FuzzFinding: Error, CustomStringConvertible {
  /// What happened.
  public let description: String

  init(_ description: String) { self.description = description }

  /// Throws unless a rule holds.
  static func unless(_ holds: Bool, _ rule: @autoclosure () -> String) throws {
    guard holds else { throw FuzzFinding(rule()) }
  }

  /// Does what no input has a part in: any error is a finding.
  static func always<R>(_ body: () throws -> R) throws -> R {
    do { return try body() } catch { throw FuzzFinding("\(error)") }
  }
}
