import PageStore

extension Database {
  /// What this object has done since it was opened. All zero in a process made by `fork`.
  public var metrics: DatabaseMetrics { DatabaseMetrics(pager.metrics) }
}

extension DatabaseMetrics {
  init(_ store: PagerMetrics) {
    cacheHits = store.pageLooks &- store.pageMisses
    cacheMisses = store.pageMisses
    pagesRead = store.pagesRead
    pagesWritten = store.pagesWritten
    pagesSpilled = store.pagesSpilled
    pagesEvicted = store.evictions
    pageFileSyncs = store.pageFileSyncs
    checkpoints = store.checkpoints
    logBytesWritten = store.log.bytesWritten
    logSyncs = store.log.syncs
    commits = store.log.commits
    groupSizes = store.log.groupSizes
    poolAllocations = store.allocations
    pageBuffers = store.pagesInMemory
    pageBuffersInUse = store.pagesInUse
  }
}
