/// The XXH64 hash of Yann Collet (https://github.com/Cyan4973/xxHash, doc/xxhash_spec.md).
public enum XXH64 {
  private static let p1: UInt64 = 0x9E37_79B1_85EB_CA87
  private static let p2: UInt64 = 0xC2B2_AE3D_27D4_EB4F
  private static let p3: UInt64 = 0x1656_67B1_9E37_79F9
  private static let p4: UInt64 = 0x85EB_CA77_C2B2_AE63
  private static let p5: UInt64 = 0x27D4_EB2F_1656_67C5

  @inline(__always) private static func rotl(_ x: UInt64, _ r: UInt64) -> UInt64 {
    (x &<< r) | (x &>> (64 &- r))
  }
  @inline(__always) private static func round(_ acc: UInt64, _ input: UInt64) -> UInt64 {
    rotl(acc &+ input &* p2, 31) &* p1
  }
  @inline(__always) private static func merge(_ h: UInt64, _ v: UInt64) -> UInt64 {
    (h ^ round(0, v)) &* p1 &+ p4
  }

  /// The hash of `bytes` under `seed`. Linear in the number of bytes.
  public static func hash(_ bytes: UnsafeRawBufferPointer, seed: UInt64 = 0) -> UInt64 {
    let count = bytes.count
    var h: UInt64
    var at = 0
    guard let base = bytes.baseAddress, count > 0 else { return finish(seed &+ p5) }
    if count >= 32 {
      var v1 = seed &+ p1 &+ p2
      var v2 = seed &+ p2
      var v3 = seed
      var v4 = seed &- p1
      let limit = count &- 32
      while at <= limit {
        v1 = round(v1, base.u64(at))
        v2 = round(v2, base.u64(at &+ 8))
        v3 = round(v3, base.u64(at &+ 16))
        v4 = round(v4, base.u64(at &+ 24))
        at &+= 32
      }
      h = rotl(v1, 1) &+ rotl(v2, 7) &+ rotl(v3, 12) &+ rotl(v4, 18)
      h = merge(h, v1)
      h = merge(h, v2)
      h = merge(h, v3)
      h = merge(h, v4)
    } else {
      h = seed &+ p5
    }
    h = h &+ UInt64(truncatingIfNeeded: count)
    while at &+ 8 <= count {
      h = rotl(h ^ round(0, base.u64(at)), 27) &* p1 &+ p4
      at &+= 8
    }
    if at &+ 4 <= count {
      h = rotl(h ^ (UInt64(base.u32(at)) &* p1), 23) &* p2 &+ p3
      at &+= 4
    }
    while at < count {
      h = rotl(h ^ (UInt64(base.u8(at)) &* p5), 11) &* p1
      at &+= 1
    }
    return finish(h)
  }

  @inline(__always) private static func finish(_ x: UInt64) -> UInt64 {
    var h = x
    h = (h ^ (h &>> 33)) &* p2
    h = (h ^ (h &>> 29)) &* p3
    return h ^ (h &>> 32)
  }
}
