import CareFS
import CareFSTestSupport
import PageStore

/// Calls that fail in one way, at each place where one is made.
struct FaultClass: Sendable {
  /// What a fault is made in.
  enum Moment: Sendable {
    /// The workload itself.
    case work
    /// Opening, reading and checking what the workload left.
    case reading
  }

  /// As in the table of fault classes.
  let name: String
  let moment: Moment
  let call: InjectedFault.Call
  /// The ways to fail; the places take turns.
  let variants: [(error: StoreError, effect: InjectedFault.Effect)]
  /// The codes that the caller may see.
  var codes: Set<DatabaseError.Code> = [.io, .diskFull, .poisoned, .closed]
  /// Whether the faults tell nobody: then damage must be found later, or do no harm.
  var isSilent: Bool { variants.contains { isQuiet($0.effect) } }
  /// Whether a fault may show bytes that are right in themselves, only old: whole, valid pages, which
  /// nothing but their contradiction with other pages can betray.
  var isUndetectable: Bool {
    variants.contains { variant in
      if case .stale = variant.effect { true } else { false }
    }
  }
  /// Whether a fault may last for ever.
  var lasts = true

  /// The fault of one place.
  func fault(nth: Int, isForEver: Bool) -> InjectedFault {
    let variant = variants[nth % variants.count]
    return InjectedFault(
      [call], nth: nth, isForEver: isForEver, error: variant.error, effect: variant.effect)
  }

  private func isQuiet(_ effect: InjectedFault.Effect) -> Bool {
    switch effect {
    case .none, .partial, .whole, .forgets: false
    case .lies, .misdirects, .shortens, .stale: true
    }
  }

  static let broken = StoreError(.io, "simulated input/output error", errno: 5)
  private static let full = InjectedFault.diskFull
  private static let quota = StoreError(.diskFull, "simulated exceeded quota", errno: 122)
  private static let long = StoreError(.io, "simulated file size limit", errno: 27)

  /// The classes that are calls which fail loudly.
  static let loud: [FaultClass] = [
    FaultClass(
      name: "F1", moment: .work, call: .write,
      variants: [
        (broken, .partial(0)), (broken, .partial(1)), (broken, .partial(511)),
        (broken, .partial(4095)), (full, .partial(512)),
      ]),
    FaultClass(
      name: "F2", moment: .work, call: .write,
      variants: [(broken, .none), (full, .none), (quota, .none), (long, .none), (broken, .whole)]),
    FaultClass(
      name: "F3", moment: .work, call: .sync,
      variants: [(broken, .none), (broken, .forgets), (broken, .whole), (full, .forgets)]),
    FaultClass(
      name: "F7", moment: .work, call: .syncDirectory,
      variants: [(broken, .none), (full, .none), (broken, .whole)]),
    FaultClass(
      name: "F7", moment: .work, call: .create, variants: [(broken, .none), (full, .none)]),
    FaultClass(
      name: "F7", moment: .work, call: .remove, variants: [(broken, .none), (full, .none)]),
    FaultClass(
      name: "F7", moment: .work, call: .rename, variants: [(broken, .none), (full, .none)]),
    FaultClass(
      name: "F2", moment: .work, call: .truncate,
      variants: [(broken, .none), (full, .none), (long, .none)]),
    FaultClass(
      name: "F11", moment: .work, call: .read, variants: [(broken, .none)]),
    FaultClass(
      name: "F11", moment: .reading, call: .read, variants: [(broken, .none)]),
  ]

  /// The classes in which the disk says that all is well.
  static let silent: [FaultClass] = [
    FaultClass(
      name: "F8", moment: .work, call: .write, variants: [(broken, .lies)],
      codes: [.io, .corrupt, .poisoned, .closed, .notADatabase], lasts: false),
    FaultClass(
      name: "F9", moment: .work, call: .write,
      variants: [
        (broken, .misdirects(4096)), (broken, .misdirects(-4096)), (broken, .misdirects(512)),
      ],
      codes: [.io, .corrupt, .poisoned, .closed, .notADatabase], lasts: false),
    FaultClass(
      name: "F11", moment: .reading, call: .read,
      variants: [
        (broken, .shortens(0)), (broken, .shortens(511)), (broken, .shortens(4095)),
      ],
      codes: [.io, .corrupt, .poisoned, .closed, .notADatabase, .notFound]),
    FaultClass(
      name: "F11", moment: .reading, call: .read, variants: [(broken, .stale)],
      codes: [.io, .corrupt, .poisoned, .closed, .notADatabase, .notFound], lasts: false),
  ]
}
