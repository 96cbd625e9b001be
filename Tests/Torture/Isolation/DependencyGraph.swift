/// Which transaction must come before which, and why.
struct DependencyGraph {
  enum Reason: UInt8 {
    /// Wrote what the other wrote over.
    case ww
    /// Wrote what the other read.
    case wr
    /// Read what the other wrote over.
    case rw
  }

  private var edges: [[(to: Int, reason: Reason)]]

  init(count: Int) { edges = Array(repeating: [], count: count) }

  mutating func add(_ reason: Reason, from: Int, to: Int) {
    if from != to { edges[from].append((to, reason)) }
  }

  /// The kinds of cycles that there are.
  func anomalies() -> Set<Anomaly> {
    var found: Set<Anomaly> = []
    if !components([.ww]).isEmpty { found.insert(.g0) }
    for component in components([.ww, .wr]) where has(.wr, in: component) { found.insert(.g1c) }
    for component in components([.ww, .wr, .rw]) where has(.rw, in: component) {
      found.insert(hasSingle(component) ? .gSingle : .g2)
    }
    return found
  }

  /// Whether a cycle may use an edge of this kind inside a component.
  private func has(_ reason: Reason, in component: Set<Int>) -> Bool {
    component.contains { node in
      edges[node].contains { $0.reason == reason && component.contains($0.to) }
    }
  }

  /// Whether some cycle of the component has exactly one read of what was written over.
  private func hasSingle(_ component: Set<Int>) -> Bool {
    for node in component {
      for edge in edges[node] where edge.reason == .rw && component.contains(edge.to) {
        if reaches(edge.to, node, component) { return true }
      }
    }
    return false
  }

  private func reaches(_ start: Int, _ goal: Int, _ component: Set<Int>) -> Bool {
    var seen: Set<Int> = [start]
    var waiting = [start]
    while let node = waiting.popLast() {
      if node == goal { return true }
      for edge in edges[node] where edge.reason != .rw && component.contains(edge.to) {
        if seen.insert(edge.to).inserted { waiting.append(edge.to) }
      }
    }
    return false
  }

  /// The strongly connected components of more than one node, by edges of some reasons: Tarjan's,
  /// without recursion.
  private func components(_ reasons: Set<Reason>) -> [Set<Int>] {
    var result: [Set<Int>] = []
    var number = [Int](repeating: -1, count: edges.count)
    var low = number
    var isOpen = [Bool](repeating: false, count: edges.count)
    var path: [Int] = []
    var count = 0
    for root in edges.indices where number[root] < 0 {
      var calls: [(node: Int, next: Int)] = [(root, 0)]
      while let (node, next) = calls.last {
        if next == 0 {
          number[node] = count
          low[node] = count
          count += 1
          path.append(node)
          isOpen[node] = true
        }
        if next < edges[node].count {
          calls[calls.count - 1].next = next + 1
          let edge = edges[node][next]
          guard reasons.contains(edge.reason) else { continue }
          if number[edge.to] < 0 {
            calls.append((edge.to, 0))
          } else if isOpen[edge.to] {
            low[node] = min(low[node], number[edge.to])
          }
          continue
        }
        calls.removeLast()
        if let caller = calls.last?.node { low[caller] = min(low[caller], low[node]) }
        guard low[node] == number[node], let start = path.lastIndex(of: node) else { continue }
        for member in path[start...] { isOpen[member] = false }
        if path.count - start > 1 { result.append(Set(path[start...])) }
        path.removeSubrange(start...)
      }
    }
    return result
  }
}
