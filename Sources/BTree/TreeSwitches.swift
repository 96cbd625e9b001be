#if TEST_SWITCHES
  import Synchronization

  /// What tests make trees do that they would do rarely.
  package enum TreeSwitches {
    private static let crowding = Atomic<Bool>(false)

    /// Splits leaves of two entries and inner nodes of three separators, so that few keys make deep
    /// trees, whose every change splits and merges.
    package static var splitsEarly: Bool {
      get { crowding.load(ordering: .relaxed) }
      set { crowding.store(newValue, ordering: .relaxed) }
    }

    /// Whether one entry more is to split a node that has room for it.
    static func splits(_ node: Node) -> Bool {
      splitsEarly && node.count >= (node.isLeaf ? 2 : 3)
    }
  }
#endif
