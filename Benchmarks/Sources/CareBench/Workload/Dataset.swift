/// A sequence of numbers that is the same in every run (SplitMix64).
struct SeededNumbers: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}

/// The rows and the keys of the care workload, made once and given to every engine.
struct Dataset: Sendable {
  let doctors: [Doctor]
  let patients: [Patient]
  let appointments: [Appointment]
  /// Keys to look up, in random order.
  let keys: [Int64]
  /// E-mail addresses to look up, in random order.
  let emails: [String]
  /// Changes of an indexed column.
  let updates: [(id: Int64, status: Int64)]
  /// Patients to delete with their appointments.
  let deletions: [Int64]
  /// Patients that come one a commit, on one thread.
  let durable: [Patient]
  /// Patients that come one a commit, from many tasks.
  let concurrent: [Patient]

  init(patients count: Int, durableCommits: Int, concurrentCommits: Int) {
    var numbers = SeededNumbers(seed: 2026)
    let doctorCount = max(1, min(500, count / 4))
    doctors = (1...doctorCount).map { Dataset.doctor(Int64($0), &numbers) }
    patients = (1...count).map { Dataset.patient(Int64($0), &numbers) }
    appointments = (1...count * 2).map {
      Dataset.appointment(Int64($0), patients: count, doctors: doctorCount, &numbers)
    }
    let made = patients
    keys = (0..<count).map { _ in Int64.random(in: 1...Int64(count), using: &numbers) }
    // Strings of their own, as a program gets them from outside: those of the rows lie scattered in
    // memory, and fetching them from there would be a good part of what is measured.
    emails = (0..<count).map { _ in
      String(
        decoding: Array((made.randomElement(using: &numbers)?.email ?? "").utf8), as: UTF8.self)
    }
    updates = (0..<count / 2).map { _ in
      (
        Int64.random(in: 1...Int64(count), using: &numbers),
        Int64.random(in: 0...2, using: &numbers)
      )
    }
    deletions = Array((1...Int64(count)).shuffled(using: &numbers).prefix(count / 10))
    let next = Int64(count) + 1
    durable = (next..<next + Int64(durableCommits)).map { Dataset.patient($0, &numbers) }
    let after = next + Int64(durableCommits)
    concurrent = (after..<after + Int64(concurrentCommits)).map { Dataset.patient($0, &numbers) }
  }

  private static let firstNames = [
    "Amina", "Bruno", "Chiara", "Dmitri", "Elena", "Farid", "Grace", "Hugo", "Ines", "Jonas",
    "Keiko", "Liam", "Maria", "Noor", "Oskar", "Priya", "Quentin", "Rosa", "Samuel", "Tara",
    "Umar", "Vera", "Wei", "Ximena", "Yusuf", "Zoe",
  ]
  private static let lastStarts = [
    "Ander", "Berg", "Cald", "Dahl", "Ek", "Fisch", "Gold", "Hart", "Ivan", "Jans", "Kov", "Lind",
    "Mor", "Nor", "Oliv", "Pet", "Quin", "Ross", "Sand", "Thom",
  ]
  private static let lastEnds = [
    "son", "mann", "well", "gren", "ov", "er", "stein", "ley", "ac", "sen", "ström", "ez",
  ]
  private static let cities = [
    "Aberdeen", "Bristol", "Cardiff", "Dundee", "Exeter", "Glasgow", "Hull", "Leeds",
    "Manchester", "Newcastle upon Tyne", "Oxford", "Plymouth", "Sheffield", "York",
  ]
  private static let streets = [
    "High Street", "Church Road", "Station Road", "Mill Lane", "Park Avenue",
  ]
  private static let reasons = [
    "annual check-up and blood pressure", "chest pain on exertion since last week",
    "review of medication and laboratory results", "headache", "knee pain after a fall",
    "follow-up after discharge from hospital", "vaccination before travel",
  ]
  private static let specialties = [
    "Cardiology", "Neurology", "Oncology", "Paediatrics", "Surgery",
  ]
  private static let types = ["Regular", "Follow-up", "Emergency"]
  private static let statuses = ["Scheduled", "Confirmed", "Cancelled", "Completed", "No-Show"]

  private static func pick(_ list: [String], _ numbers: inout SeededNumbers) -> String {
    list[Int.random(in: 0..<list.count, using: &numbers)]
  }

  private static func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }

  private static func doctor(_ id: Int64, _ numbers: inout SeededNumbers) -> Doctor {
    Doctor(
      id: id, name: "Dr " + pick(firstNames, &numbers) + " " + pick(lastStarts, &numbers),
      license: "GMC-" + padded(Int(id) * 7919, 8), specialty: pick(specialties, &numbers))
  }

  /// A doctor whose fields follow from the number, quickly made.
  static func plainDoctor(_ id: Int64) -> Doctor {
    let number = String(id &* 7919)
    return Doctor(
      id: id, name: "Dr " + number, license: "GMC-" + number,
      specialty: specialties[Int(id % 5)])
  }

  private static func patient(_ id: Int64, _ numbers: inout SeededNumbers) -> Patient {
    let first = pick(firstNames, &numbers)
    let last = pick(lastStarts, &numbers) + pick(lastEnds, &numbers)
    let phone = Int.random(in: 0..<1_000_000_000, using: &numbers)
    let mark = String(UInt32.random(in: 0...UInt32.max, using: &numbers), radix: 36)
    return Patient(
      id: id, name: first + " " + last,
      email: first.lowercased() + "." + mark + "." + String(id) + "@example.org",
      phone: "+44 7" + padded(phone, 9), born: Int64.random(in: -20_000...20_000, using: &numbers),
      gender: Bool.random(using: &numbers) ? "Female" : "Male",
      status: Int64.random(in: 0...2, using: &numbers),
      address: String(Int.random(in: 1...250, using: &numbers)) + " " + pick(streets, &numbers)
        + ", " + pick(cities, &numbers),
      createdAt: 1_767_225_600_000_000
        + Int64.random(in: 0..<31_536_000_000_000, using: &numbers))
  }

  private static func appointment(
    _ id: Int64, patients: Int, doctors: Int, _ numbers: inout SeededNumbers
  ) -> Appointment {
    Appointment(
      id: id, patientID: Int64.random(in: 1...Int64(patients), using: &numbers),
      doctorID: Int64.random(in: 1...Int64(doctors), using: &numbers),
      date: Int64.random(in: 20_000..<21_000, using: &numbers),
      time: Int64.random(in: 32...68, using: &numbers) * 15,
      duration: Int64.random(in: 1...4, using: &numbers) * 15, type: pick(types, &numbers),
      status: pick(statuses, &numbers), reason: pick(reasons, &numbers))
  }
}

extension Dataset {
  /// Calls with one transaction's share of the rows after the other.
  func inTransactions<Row>(
    _ rows: [Row], of count: Int, _ body: (ArraySlice<Row>) throws -> Void
  ) rethrows {
    for start in stride(from: 0, to: rows.count, by: count) {
      try body(rows[start..<min(rows.count, start + count)])
    }
  }

  /// Fills a database that is new.
  func load(into engine: any CareEngine, rowsPerTransaction count: Int) throws {
    try engine.insert(doctors: doctors)
    try inTransactions(patients, of: count) { try engine.insert(patients: $0) }
    try inTransactions(appointments, of: count) { try engine.insert(appointments: $0) }
  }

  /// The changes of one commit of many: each time that they begin anew, all are to other values.
  func changes(_ commit: Int, of count: Int) -> ArraySlice<(id: Int64, status: Int64)> {
    let count = min(count, updates.count)
    let (round, place) = commit.quotientAndRemainder(dividingBy: updates.count / count)
    let start = place * count
    return updates[start..<start + count].map {
      (id: $0.id, status: ($0.status + Int64(round)) % 3)
    }[...]
  }
}
