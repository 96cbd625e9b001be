import Synchronization

extension PageCache {
  /// Buffers beyond the budget before a transaction waits for some to come back.
  #if TEST_SWITCHES
    static var slack: Int { 4 }
  #else
    static var slack: Int { 32 }
  #endif

  /// Lets one who looks at pages finish, when what has been given up since it began has taken all the
  /// memory and more.
  ///
  /// A look is over in microseconds, but the system may not run its thread for a long time, and would
  /// rather run the threads that use memory up. So they wait for it, before they look themselves:
  /// until it is done, and at most 0.2 s once for each look, as it may be the waiting thread's own.
  @inline(never)
  func waitForMemory() {
    guard let straggler = lock.with({ straggler() }) else { return }
    #if TEST_SWITCHES
      // In a schedule no time passes while a thread can go on: others may, and that is all.
      if ThreadSchedule.place != nil { return schedulePoint("waits for memory") }
    #endif
    for _ in 0..<200 {
      Pager.sleep(milliseconds: 1)
      if lock.with({ readers.oldestEpoch() }) > straggler { return }
    }
    lock.with { lastStraggler = max(lastStraggler, straggler) }
  }

  /// The epoch of the oldest look, if it is what keeps memory beyond the budget. Under the lock.
  private func straggler() -> UInt64? {
    reclaim()
    let oldest = readers.oldestEpoch()
    guard isOverfull.load(ordering: .relaxed), oldest > lastStraggler, isHeldBack(by: oldest) else {
      return nil
    }
    return oldest
  }
}
