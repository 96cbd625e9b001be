/// Gathers samples of a column's documents until a dictionary is worth making from them.
///
/// A uniform sample of all documents seen, however many. Used by the one writer at a time.
final class ColumnSampler {
  /// How many samples are kept.
  static let capacity = 96
  /// How many bytes of each document are kept.
  static let sampleLength = 4096
  /// How many documents there must be for the first dictionary; for each further one four times as
  /// many as for the one before.
  static let first: UInt64 = 64
  private static let growth: UInt64 = 4

  /// How many documents were seen, and how many bytes of them were looked at.
  private(set) var seen: UInt64
  private var bytes: UInt64 = 0
  private var counted: UInt64 = 0
  private var nextTraining: UInt64
  private(set) var samples: [[UInt8]] = []
  private var random: UInt64 = 0x2545_F491_4F6C_DD1D

  /// Starts where an earlier writer stood at its last training; 0 for a new column.
  init(trainedAt seen: UInt64) {
    self.seen = seen
    nextTraining = max(
      ColumnSampler.first, seen.multipliedReportingOverflow(by: ColumnSampler.growth).partialValue)
  }

  /// Whether it is time to make a dictionary.
  var isDue: Bool { seen >= nextTraining && samples.count >= Int(ColumnSampler.first) }

  /// Sets the time for the next dictionary.
  func didTrain() {
    nextTraining = max(
      nextTraining, seen.multipliedReportingOverflow(by: ColumnSampler.growth).partialValue)
  }

  /// How long a dictionary may be: a quarter of the documents seen, within LZ4's reach.
  var dictionaryLimit: Int {
    let mean = bytes / max(counted, 1)
    let (total, overflow) = mean.multipliedReportingOverflow(by: seen)
    let quarter = overflow ? UInt64(DocumentDictionary.maximumLength) : total / 4
    return Int(min(max(quarter, 2048), UInt64(DocumentDictionary.maximumLength)))
  }

  /// Sees a document.
  @inline(__always)
  func add(_ document: UnsafeRawBufferPointer) {
    seen &+= 1
    counted &+= 1
    bytes &+= UInt64(truncatingIfNeeded: min(document.count, ColumnSampler.sampleLength))
    if samples.count < ColumnSampler.capacity {
      samples.append(Array(document.prefix(ColumnSampler.sampleLength)))
      return
    }
    random ^= random << 13
    random ^= random >> 7
    random ^= random << 17
    let place = random % counted
    if place < UInt64(ColumnSampler.capacity) {
      samples[Int(place)] = Array(document.prefix(ColumnSampler.sampleLength))
    }
  }
}
