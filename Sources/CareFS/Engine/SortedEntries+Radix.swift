extension SortedEntries {
  /// From here on comparing is faster than counting.
  private static let leastCount = 64
  /// Keys that agree in so many bytes are compared.
  private static let mostDepth = 64

  /// Sorts entries whose keys agree in their first `depth` bytes and whose heads are the bytes behind
  /// them: least significant digit first over the heads' bytes, then what has equal heads by its next
  /// eight bytes. O(n) per eight bytes that keys share, and at most 8 such rounds.
  ///
  /// Stable, as counting is: entries that came in order within a head need no second look.
  func sort(
    _ items: UnsafeMutableBufferPointer<Item>, _ spare: UnsafeMutablePointer<Item>, depth: Int
  ) {
    guard items.count >= Self.leastCount, depth < Self.mostDepth else {
      return compareAndSort(items)
    }
    sortByHead(items, spare)
    var start = 0
    while start < items.count {
      let head = items[start].head
      var end = start + 1
      var isOrdered = true
      while end < items.count, items[end].head == head {
        isOrdered = isOrdered && isAscending(items[end - 1], items[end])
        end += 1
      }
      if !isOrdered {
        let run = UnsafeMutableBufferPointer(rebasing: items[start..<end])
        for place in run.indices { run[place].head = sink.head(of: run[place], behind: depth + 8) }
        sort(run, spare, depth: depth + 8)
        for place in run.indices { run[place].head = head }
      }
      start = end
    }
  }

  /// One pass per byte in which the heads differ.
  private func sortByHead(
    _ items: UnsafeMutableBufferPointer<Item>, _ spare: UnsafeMutablePointer<Item>
  ) {
    guard let base = items.baseAddress else { return }
    var (from, to) = (base, spare)
    var differing: UInt64 = 0
    for item in items { differing |= item.head ^ items[0].head }
    withUnsafeTemporaryAllocation(of: Int.self, capacity: 256) { places in
      for shift in stride(from: UInt64(0), to: 64, by: 8) where (differing >> shift) & 0xFF != 0 {
        places.update(repeating: 0)
        for place in 0..<items.count { places[Int((from[place].head >> shift) & 0xFF)] += 1 }
        var sum = 0
        for digit in 0..<256 {
          let count = places[digit]
          places[digit] = sum
          sum += count
        }
        for place in 0..<items.count {
          let digit = Int((from[place].head >> shift) & 0xFF)
          (to + places[digit]).initialize(to: from[place])
          places[digit] += 1
        }
        swap(&from, &to)
      }
    }
    if from != base { base.update(from: from, count: items.count) }
  }

  private func compareAndSort(_ items: UnsafeMutableBufferPointer<Item>) {
    var items = items
    items.sort { a, b in
      if a.head != b.head { return a.head < b.head }
      let order = RawBytes.compare(bytes(of: a), bytes(of: b))
      return order != 0 ? order < 0 : a.offset < b.offset
    }
  }

  /// Whether one with the same head before another, in the order of adding, may stay before it. Keys
  /// that end within the head may differ all the same.
  @inline(__always)
  private func isAscending(_ a: Item, _ b: Item) -> Bool {
    RawBytes.compare(bytes(of: a), bytes(of: b)) <= 0
  }
}
