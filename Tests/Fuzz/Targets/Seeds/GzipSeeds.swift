/// Gzip files of one and several members: stored, fixed and dynamic blocks, and every header field.
enum GzipSeeds {
  static let made: [[UInt8]] = [
    "H4sIAAAAAAAA/wMAAAAAAAAAAAA=",
    "H4sIAAAAAAAA/wELAPT/aGVsbG8gd29ybGSFEUoNCwAAAA==",
    "H4sIAAAAAAAA/8tIzcnJVyjPL8pJAQCFEUoNCwAAAA==",
    "H4sIAAAAAAAA/2WQMQ7AIAhFd47R+Z+gt2lSB5e2SY1L8+/eCGgkDiri/w+w5jcXishzlJyuct0lefht"
      + "+dx2scN2eK42V5D5Jag5qO5rcJiZa714gIEPdXnsL9RcLKmpBtUAs2IdjZ1kYsgkgTYL9lEwyG2xE/pz"
      + "ABsu/tywEwIsvYxx/Xumni36AYfYjOepAQAA",
    "H4sIAAAAAAAA/wXBsQ0AMQgDwJ4xXDMB20SCwg0fKVYalN3/7vJQz8z2EqvVn2ovsVoDJsIGTMSAifAB"
      + "E2GXh9pLrNaAidhLrJYNmIgBE/HM9hKr5QMmoj+V2+Wh3l5itfpT7SVWay+xWnuJ1fK3l1itARPhl4ca"
      + "MBG+l1itd3koGzARAybiXR6qP9XlofzyUDZgIvpT7SVWa8BE2PO9xGpdHsrd+lPtJVbL+1O5vwET8cwv"
      + "D9Wfqj/VGzAR9gZMxLO9xGoNmIjLQ7kNmIgBE+GXh+pP9dzc+1PtJVZrwET420usll0e6tmAiehPNWAi"
      + "fofYjOepAQAA",
    "H4sIAAAAAAAA/yvLLM4sqeXi4ipILMlMzSvJyy9JhTKrlTJTlKy4IBSE1IGKlYF0oSiDclBU18JNheoD"
      + "Ga4D0VyLaR8qpVOLYr4OWBeUDZWpBYuhWgkWAhkKZuggq8D0Wi3MJIhiHS4kJTpgx+rUwryiAzcZhGth"
      + "JsCkUQyGGIcacnDttTpcOjoYboF7Fxo8SG6GsACH2IznqQEAAA==",
    "H4sIAAAAAAAA/wGWAGn/D/AWnclXVnQGZnbPsLTriQLEQmnaHPa6ZtP4ttSxAKnqDnVaXC6CECQqCOcH"
      + "j3+JOF6wlCNVUYJWi5bopP7yOgyfxa/XYIQ3gWvdCnMJy0oSUuTacOZyD8qk2h6YQGwYnCQnnphR1YFC"
      + "BBNv61cTwWaxMmndY/w1x5f/CKbNkAlQZqdFrdttiDHCsPh4IRQrRFZVbYmqjamNspYAAAA=",
    "H4sIAAAAAAAA/+3BMQEAAADCoKzrX8IaHkABAADvBsg83F64CwAA",
    "H4sIAAAAAAAA/0tMSsSAAD6FfDcUAAAAH4sIAAAAAAAA/ytOTc7PSwEAaREftgYAAAAAAAA=",
    "H4sIAAAAAAAA/wXBsQ0AMQgDwJ4xXDMB20SCwg0fKVYalN3/7vJQz8z2EqvVn2ovsVoDJsIGTMSAifAB"
      + "E2GXh9pLrNaAidhLrJYNmIgBE/HM9hKr5QMmoj+V2+Wh3l5itfpT7SVWay+xWnuJ1fK3l1itARPhl4ca"
      + "MBG+l1itd3koGzARAybiXR6qP9XlofzyUDZgIvpT7SVWa8BE2PO9xGpdHsrd+lPtJVbL+1O5vwET8cwv"
      + "D9Wfqj/VGzAR9gZMxLO9xGoNmIjLQ7kNmIgBE+GXh+pP9dzc+1PtJVZrwET420usll0e6tmAiehPNWAi"
      + "fofYjOepAQAA",
    "H4sICAAAAAAA/25hbWUAy0vMTU0BAIfM4HEFAAAA",
    "H4sIBAAAAAAA/wMAYWJjS60oKUoEAGUNP00FAAAA",
    "H4sIHgAAAAAA/wIAeHluAGMAAQJLzMkBAN1xGDsDAAAA",
  ].map(decoded)

  private static func decoded(_ text: String) -> [UInt8] {
    var bytes: [UInt8] = []
    var bits: UInt32 = 0
    var count = 0
    for character in text.utf8 where character != UInt8(ascii: "=") {
      bits = bits << 6 | UInt32(value(character))
      count += 6
      if count >= 8 {
        count -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
      }
    }
    return bytes
  }

  private static func value(_ character: UInt8) -> UInt8 {
    switch character {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): character - UInt8(ascii: "A")
    case UInt8(ascii: "a")...UInt8(ascii: "z"): character - UInt8(ascii: "a") + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0") + 52
    case UInt8(ascii: "+"): 62
    default: 63
    }
  }
}
