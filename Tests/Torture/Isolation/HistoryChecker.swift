/// Looks for anomalies in a history of list appends, as Elle does: reads tell the order of the
/// appends to each list, from that follow edges between transactions, and a cycle is an anomaly.
struct HistoryChecker {
  private struct Value: Hashable {
    var list: Int
    var value: Int
  }

  private let history: History
  /// Who appended a value, and whether it was that transaction's last to the list.
  private var writers: [Value: (transaction: Int, isLast: Bool)] = [:]
  /// The order of the appends to each list, as far as reads tell.
  private var orders: [Int: [Int]] = [:]
  private var graph: DependencyGraph
  private(set) var anomalies: Set<Anomaly> = []

  init(_ history: History) {
    self.history = history
    graph = DependencyGraph(count: history.transactions.count)
    gatherWriters()
    gatherOrders()
    checkReads()
    addEdges()
    anomalies.formUnion(graph.anomalies())
  }

  private mutating func gatherWriters() {
    for (index, transaction) in history.transactions.enumerated() {
      var last: [Int: Value] = [:]
      for case .append(let list, let number) in transaction.steps {
        let value = Value(list: list, value: number)
        if let before = last[list] { writers[before]?.isLast = false }
        if writers[value] != nil { anomalies.insert(.foreign) }
        writers[value] = (index, true)
        last[list] = value
      }
    }
  }

  /// The longest read of each list; every other one must be its beginning.
  private mutating func gatherOrders() {
    for transaction in history.transactions where transaction.isCommitted {
      for case .read(let list, let values) in transaction.steps
      where values.count > orders[list]?.count ?? -1 {
        orders[list] = values
      }
    }
    for (list, order) in orders where Set(order).count < order.count {
      anomalies.insert(.foreign)
      orders[list] = []
    }
    // A single append that nobody has read can only be the last one.
    var unread: [Int: [Int]] = [:]
    let read = orders.mapValues { Set($0) }
    for (value, writer) in writers where history.transactions[writer.transaction].isCommitted {
      if read[value.list]?.contains(value.value) != true {
        unread[value.list, default: []].append(value.value)
      }
    }
    for (list, values) in unread where values.count == 1 { orders[list, default: []] += values }
  }

  private mutating func checkReads() {
    for (index, transaction) in history.transactions.enumerated() where transaction.isCommitted {
      var own: [Int: [Int]] = [:]
      for step in transaction.steps {
        switch step {
        case .append(let list, let value): own[list, default: []].append(value)
        case .read(let list, let values):
          if !(orders[list] ?? []).starts(with: values) { anomalies.insert(.order) }
          if let mine = own[list], values.suffix(mine.count) != mine[...] {
            anomalies.insert(.own)
          }
          checkSources(of: values, list, by: index)
        }
      }
    }
  }

  private mutating func checkSources(of values: [Int], _ list: Int, by index: Int) {
    for (place, number) in values.enumerated() {
      guard let writer = writers[Value(list: list, value: number)] else {
        anomalies.insert(.foreign)
        continue
      }
      if !history.transactions[writer.transaction].isCommitted { anomalies.insert(.g1a) }
      if place == values.count - 1, !writer.isLast, writer.transaction != index {
        anomalies.insert(.g1b)
      }
    }
  }

  private mutating func addEdges() {
    for (list, order) in orders {
      for (a, b) in zip(order, order.dropFirst()) {
        guard let first = writers[Value(list: list, value: a)],
          let second = writers[Value(list: list, value: b)]
        else { continue }
        graph.add(.ww, from: first.transaction, to: second.transaction)
      }
    }
    var places: [Value: Int] = [:]
    for (list, order) in orders {
      for (place, value) in order.enumerated() { places[Value(list: list, value: value)] = place }
    }
    for (index, transaction) in history.transactions.enumerated() where transaction.isCommitted {
      for case .read(let list, let values) in transaction.steps {
        var next = 0
        if let last = values.last {
          let value = Value(list: list, value: last)
          if let writer = writers[value] { graph.add(.wr, from: writer.transaction, to: index) }
          guard let place = places[value] else { continue }
          next = place + 1
        }
        guard let order = orders[list], next < order.count,
          let writer = writers[Value(list: list, value: order[next])]
        else { continue }
        graph.add(.rw, from: index, to: writer.transaction)
      }
    }
  }
}
