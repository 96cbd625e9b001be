#!/usr/bin/env python3
"""Prints a table of a CareFS database as NDJSON, in key order.

    python3 reader.py FILE TABLE

Written from format.md alone, with the Python standard library, lz4 and xxhash. It never writes: a
log that a crash has left is laid over the pages in memory. Damage ends it with status 1.
"""
import base64, json, os, struct, sys
import lz4.block, xxhash

MASK64 = (1 << 64) - 1


class Damaged(Exception):
    pass


def need(condition, what):
    if not condition:
        raise Damaged(what)


def u16(b, at): return struct.unpack_from('<H', b, at)[0]
def u32(b, at): return struct.unpack_from('<I', b, at)[0]
def u64(b, at): return struct.unpack_from('<Q', b, at)[0]
def xxh64(b, seed=0): return xxhash.xxh64_intdigest(b, seed)


# Pages --------------------------------------------------------------------------------------

PAGE_SIZES = (4096, 8192, 16384, 32768, 65536)
PAGE_HEADER = 32
KIND_HEADER, KIND_TREE, KIND_OVERFLOW = 1, 3, 4
FIRST_PAGE = 3
CATALOG_TREE = 1


class FileHeader:
    """One of the two copies of the file header."""

    def __init__(self, page):
        self.reader_version = u16(page, 48)
        self.page_size = u32(page, 52)
        self.required_features = u32(page, 56)
        self.file_id = bytes(page[64:80])
        self.seed = xxh64(self.file_id)
        self.timeline = u64(page, 80)
        self.checksum_algorithm = u32(page, 88)
        self.reserved = u32(page, 92)
        self.sequence = u64(page, 96)
        self.checkpoint_lsn = u64(page, 104)
        self.salt = u64(page, 112)
        self.synced_lsn = u64(page, 120)
        self.closed_cleanly = u32(page, 128) == 1
        self.page_count = u32(page, 132)
        self.segment_size = u32(page, 152)
        self.log_segments = u32(page, 156)


def page_checksum(page, number, seed):
    value = xxh64(memoryview(page)[8:], (seed + number * 0x9E3779B97F4A7C15) & MASK64)
    return value or 1


def header_in(page, slot):
    """The header, or None when this copy is torn or is not one."""
    if len(page) < 512 or bytes(page[32:48]) != b'CareFS page file' or u32(page, 52) != len(page):
        return None
    header = FileHeader(page)
    if u32(page, 8) != slot or u64(page, 0) != page_checksum(page, slot, header.seed):
        return None
    return header


def read_header(file):
    found = []
    for size in PAGE_SIZES:
        for slot in (0, 1):
            file.seek(slot * size)
            header = header_in(file.read(size), slot)
            if header:
                found.append(header)
    need(found, 'not a CareFS page file, or both headers are damaged')
    header = max(found, key=lambda h: h.sequence)
    need(header.reader_version <= 1 and header.required_features == 0
         and header.checksum_algorithm == 1, 'the file needs a newer reader')
    return header


class Store:
    """The pages of the last commit: those of the page file under those of the log."""

    def __init__(self, path):
        self.file = open(path, 'rb')
        self.header = read_header(self.file)
        self.page_size = self.header.page_size
        self.content_end = self.page_size - self.header.reserved
        self.overlay = {}
        Log(self, path + '-wal').replay()

    def stored(self, number):
        """A page as the page file has it; None when it is not sound."""
        self.file.seek(number * self.page_size)
        page = self.file.read(self.page_size)
        if len(page) != self.page_size or u32(page, 8) != number:
            return None
        return page if u64(page, 0) == page_checksum(page, number, self.header.seed) else None

    def page(self, number, kind, owner):
        if number in self.overlay:
            page = self.overlay[number]
            if isinstance(page, Changes):
                page = self.overlay[number] = page.applied(self, number)
        else:
            page = self.stored(number)
            need(page is not None, f'page {number} is damaged')
        need(page[12] == kind and u32(page, 24) == owner, f'page {number} is not what it should be')
        return page


class Changes:
    """What the log says of one page: whole images, and commits' changes in the order of the log."""

    def __init__(self):
        self.images, self.commits = [], []

    def applied(self, store, number):
        """The newest whole copy with the later changes."""
        copies = [page for page in self.images + [store.stored(number)] if page is not None]
        page = max(copies, key=lambda copy: u64(copy, 16), default=None)
        for lsn, parts in self.commits:
            if page is None or u64(page, 16) < lsn:
                page = self.changed(page, number, store.page_size, lsn, parts)
        need(page is not None, f'page {number} is damaged')
        return page

    @staticmethod
    def changed(page, number, size, lsn, parts):
        """The page after one commit; None when it lacks what that builds upon."""
        base = u64(page, 16) if page is not None else None
        for flags, before, changes in parts:
            if flags & BULK:
                page = None
                continue
            if flags & FRESH:
                page = bytearray(size)
                struct.pack_into('<I', page, 8, number)
            elif base is None or base != before:
                page = None
                continue
            page = bytearray(page)
            for code, to, count, data in changes:
                if code == WRITE:
                    page[to:to + count] = data
                elif code == MOVE:
                    page[to:to + count] = page[data:data + count]
                else:
                    page[to:to + count] = bytes(count)
            need(len(page) == size, f'a change of page {number} reaches beyond it')
        if page is not None:
            struct.pack_into('<Q', page, 16, lsn)
        return page


# The log ------------------------------------------------------------------------------------

BLOCK = 4096
RECORD_HEADER = 64
COMMIT, IMAGES = 1, 2
FRESH, BULK = 1, 2
SELECT, WRITE, MOVE, ZERO = 1, 2, 3, 4


class Log:
    def __init__(self, store, path):
        self.store = store
        self.seed = store.header.seed
        self.size = store.header.segment_size
        self.segments = []
        self.copy_of = {}
        self.copy = 0
        self.loaded = (None, b'')
        self.file = None
        if not os.path.exists(path):
            need(store.header.closed_cleanly, 'the log is missing and the file was not closed')
            return
        self.file = open(path, 'rb')
        count = os.path.getsize(path) // self.size
        need(count >= store.header.log_segments, 'the log was cut off')
        foreign = begun = False
        for index in range(count):
            self.file.seek(index * self.size)
            block = self.file.read(BLOCK)
            begun = begun or any(block)
            if (len(block) < BLOCK or block[:8] != b'CareFSwl'
                    or u64(block, 4088) != xxh64(block[:4088])):
                continue
            need(u16(block, 8) == 1, 'the log needs a newer reader')
            if (block[16:32] == store.header.file_id and u64(block, 32) == store.header.timeline
                    and u32(block, 12) == self.size):
                salt, start, before, end = struct.unpack_from('<4Q', block, 40)
                self.segments.append((salt, start, before, end, index))
                self.copy_of[index] = u16(block, 10)
            else:
                foreign = True
        need(begun or store.header.closed_cleanly, 'the log is blank and the file was not closed')
        need(self.segments or not foreign, 'the log belongs to another database')

    def segment(self, index):
        if self.loaded[0] != index:
            self.file.seek(index * self.size)
            self.loaded = (index, self.file.read(self.size))
        return self.loaded[1]

    def read(self, lsn, count, salt):
        """Bytes of the stream of one incarnation; None where a part is not there."""
        out = bytearray()
        room = self.size - BLOCK
        while len(out) < count:
            at = lsn + len(out)
            found = [(self.copy_of[index], start, index) for s, start, _, _, index in self.segments
                     if s == salt and start <= at < start + room
                     and self.copy_of[index] <= self.copy]
            if not found:
                return None
            _, start, index = max(found)
            offset = BLOCK + at - start
            part = self.segment(index)[offset:offset + count - len(out)]
            if not part:
                return None
            out += part
        return out

    def group(self, start, salt, previous):
        """The group at `start` in the first of its copies that is whole, or None."""
        copies = [self.copy_of[s[4]] for s in self.segments if s[0] == salt]
        for self.copy in range(max(copies, default=0) + 1):
            group = self.group_in_copy(start, salt, previous)
            if group:
                return group
        return None

    def group_in_copy(self, start, salt, previous):
        """The records of the group at `start`, its end and last checksum; None if it is not whole."""
        at, records = start, []
        while True:
            header = self.read(at, RECORD_HEADER, salt)
            if (header is None or header[:4] != b'CFR1' or u64(header, 8) != salt
                    or u64(header, 16) != at or u64(header, 24) != start
                    or u64(header, 56) != xxh64(bytes(header[:56]), self.seed)):
                return None
            length, padding = u32(header, 32), u32(header, 36)
            body = self.read(at + RECORD_HEADER, length + padding, salt)
            if body is None or u64(header, 48) != xxh64(bytes(body), self.seed):
                return None
            if previous is not None and u64(header, 40) != previous:
                return None
            previous = u64(header, 56)
            records.append((header[4], at, body[:length]))
            at += RECORD_HEADER + length + padding
            if header[5] & 1:
                return (records, at, previous) if at % BLOCK == 0 else None

    def replay(self):
        header = self.store.header
        if self.file is None:
            return
        at, salt, previous = header.checkpoint_lsn, header.salt, None
        groups = 0
        while True:
            group = self.group(at, salt, previous)
            if group:
                groups += 1
                for kind, lsn, payload in group[0]:
                    self.apply(kind, lsn, payload)
                _, at, previous = group
                continue
            # Recovery may have begun a new incarnation where this one ended.
            following = [s for s in self.segments if s[2] == salt and s[3] == at and s[0] != salt]
            if not following:
                break
            salt, at = min((s[1], s[0]) for s in following)[::-1]
            previous = 0
        if not groups:
            known = any(salt in (s[0], s[2]) for s in self.segments)
            need(known or all(s[1] <= at for s in self.segments),
                 'the log goes on from a later state than the file has')
        self.judge_tail(at, salt, previous)

    def apply(self, kind, lsn, payload):
        if kind == COMMIT:
            self.apply_commit(lsn, payload)
        elif kind == IMAGES:
            self.apply_images(payload)

    def of(self, number):
        return self.store.overlay.setdefault(number, Changes())

    def apply_images(self, payload):
        size = self.store.page_size
        for at in range(0, len(payload), size):
            image = bytes(payload[at:at + size])
            number = u32(image, 8)
            need(len(image) == size and u64(image, 0) == page_checksum(image, number, self.seed),
                 'the log holds a damaged page')
            self.of(number).images.append(image)

    def apply_commit(self, lsn, payload):
        count = u32(payload, 20)
        pages = []
        for i in range(count):
            number, flags, before = struct.unpack_from('<IIQ', payload, 40 + 16 * i)
            commits = self.of(number).commits
            if not commits or commits[-1][0] != lsn:
                commits.append((lsn, []))
            pages.append([])
            commits[-1][1].append((flags, before, pages[-1]))
        at, end, page = 40 + 16 * count, len(payload), None
        while at < end:
            code = payload[at]
            if code == SELECT:
                page = pages[u32(payload, at + 1)]
                at += 5
                continue
            to, size = u16(payload, at + 1), u16(payload, at + 3)
            if code == WRITE:
                page.append((WRITE, to, size, bytes(payload[at + 5:at + 5 + size])))
                at += 5 + size
            elif code == MOVE:
                page.append((MOVE, to, u16(payload, at + 5), size))
                at += 7
            else:
                need(code == ZERO, f'the log has an unknown change at {lsn}')
                page.append((ZERO, to, size, None))
                at += 5

    def judge_tail(self, end, salt, previous):
        """Only the last group may be torn: a later sound one means that commits are missing."""
        need(end >= self.store.header.synced_lsn, f'the log is damaged at {end}')
        for s, start, before, before_end, index in self.segments:
            need(not (before == salt and before_end > end), f'the log is damaged at {end}')
            segment = self.segment(index)
            for offset in range(BLOCK, len(segment) - RECORD_HEADER + 1, BLOCK):
                head = segment[offset:offset + RECORD_HEADER]
                if head[:4] != b'CFR1' or u64(head, 8) != salt:
                    continue
                is_later = previous == 0 and u64(head, 16) == end and u64(head, 40) != 0
                if u64(head, 24) > end or is_later:
                    sound = u64(head, 56) == xxh64(head[:56], self.seed)
                    need(not sound, f'the log is damaged at {end} and holds later commits')


# Trees --------------------------------------------------------------------------------------

def varint(b, at):
    value = shift = 0
    while True:
        byte = b[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
        need(shift < 35, 'an impossible length')


class Tree:
    def __init__(self, store, tree_id, root):
        self.store, self.id, self.root = store, tree_id, root
        capacity = store.content_end - 48
        self.local_key = capacity // 8
        self.local_entry = capacity // 2 - 16
        self.quarter = capacity // 4
        self.chunk = store.content_end - 40

    def entries(self):
        """Every key and value, in key order."""
        path = [self.node(self.root)]
        while path:
            page, level, places = path[-1]
            if level == 0:
                for at in places:
                    yield self.leaf_entry(page, at)
                path.pop()
            elif places:
                path.append(self.node(places.pop(), level - 1))
            else:
                path.pop()

    def node(self, number, level=None):
        page = self.store.page(number, KIND_TREE, self.id)
        count = u16(page, 34)
        need(level is None or page[32] == level, f'page {number} is on another level')
        head = page[33]
        need(head in (2, 4), f'page {number} has heads of an unknown size')
        slots = [48 + (head + 2) * i for i in range(count)]
        if page[32] == 0:
            return page, 0, slots
        children = [u32(page, 44)] + [u32(page, u16(page, slot + head)) for slot in slots]
        return page, page[32], children[::-1]

    def leaf_entry(self, page, slot):
        prefix, head = u16(page, 40), page[33]
        lengths, at = varint(page, u16(page, slot + head))
        length, at = varint(page, at) if lengths & 1 else (0, at)
        whole = prefix + (lengths >> 1)
        local = min(whole, self.local_key)
        key = bytes(page[self.store.content_end - prefix:self.store.content_end])
        key += bytes(page[slot:slot + head][::-1])[:local - prefix]
        rest = max(local - prefix - head, 0)
        key += bytes(page[at:at + rest])
        at += rest
        if whole > local:
            key += self.chain(u32(page, at), whole - local)
            at += 4
        here = length
        if local + length > self.local_entry:
            rest = length % self.chunk
            here = rest if rest <= self.quarter else 0
        value = bytes(page[at:at + here])
        if length > here:
            value += self.chain(u32(page, at + here), length - here)
        return key, value

    def chain(self, number, remaining):
        parts = []
        while remaining:
            page = self.store.page(number, KIND_OVERFLOW, self.id)
            need(u32(page, 36) == remaining, f'page {number} belongs to another entry')
            here = min(remaining, self.chunk)
            parts.append(bytes(page[40:40 + here]))
            remaining -= here
            number = u32(page, 32)
        return b''.join(parts)


# Keys ---------------------------------------------------------------------------------------

class KeyReader:
    """Reads the parts of a primary key."""

    def __init__(self, key):
        self.key, self.at = key, 0

    def take(self, count):
        part = self.key[self.at:self.at + count]
        need(len(part) == count, 'a key ends early')
        self.at += count
        return part

    def int(self):
        mark = self.take(1)[0]
        if mark >= 0x80:
            return int.from_bytes(self.take(mark - 0x80), 'big')
        size = 0x7F - mark
        return int.from_bytes(self.take(size), 'big') - (1 << 8 * size)

    def span(self):
        out = bytearray()
        while True:
            end = self.key.index(0, self.at)
            out += self.key[self.at:end]
            self.at = end + 2
            if self.key[end + 1] == 0:
                return bytes(out)
            out.append(0)

    def double(self):
        bits = int.from_bytes(self.take(8), 'big')
        bits = bits & ~(1 << 63) if bits >> 63 else bits ^ MASK64
        return struct.unpack('<d', struct.pack('<Q', bits))[0]

    def skip_number(self):
        """Steps over a decimal, whose digits the row holds."""
        sign = self.take(1)[0]
        if sign == 2:
            return
        flip = 0xFF if sign == 1 else 0
        mark = self.take(1)[0] ^ flip
        self.take(mark - 0x80 if mark >= 0x80 else 0x7F - mark)
        while self.take(1)[0] ^ flip:
            pass

    def skip_any(self):
        kind = self.take(1)[0]
        if kind == 0x20:
            self.skip_number()
        elif kind >= 0x30:
            self.span()

    def part(self, kind):
        """The value; None of those that the row holds."""
        if kind in ('int', 'date', 'time', 'timestamp'):
            return self.int()
        if kind == 'double':
            return self.double()
        if kind == 'bool':
            return self.take(1)[0] == 1
        if kind == 'uuid':
            return self.take(16)
        if kind in ('text', 'bytes'):
            return self.span()
        return self.skip_number() if kind == 'decimal' else self.skip_any()


# Rows ---------------------------------------------------------------------------------------

CODES = {'int': 1, 'date': 1, 'bool': 1, 'time': 1, 'double': 1, 'timestamp': 1, 'uuid': 2}
WIDE_COUNT, NULLS, EXTERNAL, NULL = 127, 4, 8, 15


class External(bytes):
    """The cell of a document that holds a text or bytes."""


class RowReader:
    """Takes the parts of a row, one after the other."""

    def __init__(self, row):
        self.row, self.at = row, 0

    def take(self, size):
        part = bytes(self.row[self.at:self.at + size])
        need(len(part) == size, 'a row is cut short')
        self.at += size
        return part

    def number(self, size):
        return int.from_bytes(self.take(size), 'little')

    def bits(self, count):
        part = self.take((count + 7) // 8)
        return [part[i // 8] >> i % 8 & 1 for i in range(count)]

    def coded(self, kind, code):
        """A field of one code; None for null."""
        if code == NULL:
            return None
        if kind in ('time', 'timestamp'):
            size, unit = (code, 1) if code <= 8 else (code - 8, 1_000_000)
            return int.from_bytes(self.take(size), 'little', signed=True) * unit
        if kind == 'double':
            need(code <= 8, 'a double has no such size')
            return struct.unpack('<d', bytes(8 - code) + self.take(code))[0]
        value = code - 8
        if code <= 8:
            value = int.from_bytes(self.take(code), 'little', signed=True)
        need(kind != 'bool' or value in (0, 1), 'a truth value is neither 0 nor 1')
        return value == 1 if kind == 'bool' else value


def row_fields(row, kinds):
    """The fields of a row: None for null, numbers, or bytes."""
    reader = RowReader(row)
    first = reader.number(1)
    stored = first & 127
    if stored == WIDE_COUNT:
        stored = reader.number(2)
    flags = reader.number(1) if first & 128 else 0
    need(stored <= len(kinds) and flags < 16 and flags & 3 < 3, 'a row has unknown fields')
    kinds = kinds[:stored]
    count = sum(CODES.get(kind, 0) for kind in kinds)
    halves = [half for byte in reader.take((count + 1) // 2) for half in (byte & 15, byte >> 4)]
    need(not any(halves[count:]), 'a row has a code of no field')
    variables = sum(1 for kind in kinds if kind not in CODES)
    nulls = reader.bits(variables) if flags & NULLS else [0] * variables
    external = reader.bits(variables) if flags & EXTERNAL else [0] * variables
    ends = [reader.number(1 << (flags & 3)) for _ in range(variables - 1)]
    coded, codes = [], iter(halves)
    for kind in kinds:
        if kind == 'uuid':
            pair = next(codes), next(codes)
            need(pair in ((8, 8), (NULL, NULL)), 'a uuid has no such size')
            coded.append(reader.take(16) if pair[0] == 8 else None)
        elif kind in CODES:
            coded.append(reader.coded(kind, next(codes)))
    ends.append(len(row) - reader.at)
    need(variables or not ends[0], 'a row goes on after its fields')
    fields, start = [], 0
    for number in range(variables):
        need(start <= ends[number] <= ends[-1], 'the ends of fields are not in order')
        field = reader.take(ends[number] - start)
        start = ends[number]
        fields.append(None if nulls[number] else External(field) if external[number] else field)
    coded, fields = iter(coded), iter(fields)
    return [next(coded if kind in CODES else fields) for kind in kinds]


# Documents ----------------------------------------------------------------------------------

RAW, LZ4, LZ4_DICTIONARY, IN_TREE = 0, 3, 5, 6


def expand(block, length, dictionary=b''):
    need(0 < length <= 255 * len(block), 'a document claims an impossible length')
    out = lz4.block.decompress(block, uncompressed_size=length, dict=dictionary)
    need(len(out) == length, 'a document has another length')
    return out


class Documents:
    """What the cells of documents stand for; `tree` is None where no document left its row."""

    def __init__(self, store, tree):
        self.tree = Tree(store, tree['id'], tree['root']) if tree else None
        self.dictionaries, self.blocks = None, None

    def load(self, cell):
        form = cell[0] & 15
        if form == RAW:
            return cell[1:]
        if form == IN_TREE:
            return self.assemble(cell)
        need(form in (LZ4, LZ4_DICTIONARY), 'a document has an unknown form')
        at = 5 if form == LZ4_DICTIONARY else 1
        length, start = varint(cell, at)
        words = self.dictionary(u32(cell, 1)) if form == LZ4_DICTIONARY else b''
        out = expand(bytes(cell[start + 4:]), length, words)
        need(xxh64(out) & 0xFFFFFFFF == u32(cell, start), 'a document is damaged')
        return out

    def assemble(self, cell):
        """A document of the tree, block by block."""
        self.index()
        size, number, length, checksum = 1 << cell[1], *struct.unpack_from('<3Q', cell, 2)
        parts = []
        for block in range((length + size - 1) // size):
            stored = b''.join(self.blocks.get((number, block), []))
            need(len(stored) > 13, 'a part of a document is missing')
            form, words, count, check = struct.unpack_from('<BIII', stored)
            body = stored[13:]
            need(len(body) == count, 'a part of a document has another length')
            raw = min(size, length - block * size)
            if form in (LZ4, LZ4_DICTIONARY):
                body = expand(body, raw, self.dictionary(words) if form == LZ4_DICTIONARY else b'')
            need(len(body) == raw and xxh64(body) & 0xFFFFFFFF == check, 'a document is damaged')
            parts.append(body)
        out = b''.join(parts)
        need(xxh64(out) == checksum, 'a document is damaged')
        return out

    def dictionary(self, number):
        self.index()
        need(number in self.dictionaries, 'a document needs a dictionary that is not there')
        return self.dictionaries[number]

    def index(self):
        """Reads the tree once."""
        if self.blocks is not None:
            return
        self.dictionaries, self.blocks = {}, {}
        for key, value in self.tree.entries() if self.tree else ():
            if key[0] == 4:
                number, block, _ = struct.unpack('>QIH', key[1:])
                self.blocks.setdefault((number, block), []).append(value)
            elif key[0] == 2:
                length, checksum, form = struct.unpack_from('<IQB', value)
                words = value[13:] if form == RAW else expand(value[13:], length)
                need(xxh64(words) == checksum, 'a dictionary of documents is damaged')
                self.dictionaries[struct.unpack('>I', key[1:])[0]] = words


# Values as text -----------------------------------------------------------------------------

def date_text(days):
    """YYYY-MM-DD of the proleptic Gregorian calendar."""
    days += 719468
    era, day = divmod(days, 146097)
    year = (day - day // 1460 + day // 36524 - day // 146096) // 365
    day -= 365 * year + year // 4 - year // 100
    place = (5 * day + 2) // 153
    month = place + 3 if place < 10 else place - 9
    return f'{year + era * 400 + (month <= 2):04}-{month:02}-{day - (153 * place + 2) // 5 + 1:02}'


def time_text(microseconds):
    seconds, fraction = divmod(microseconds, 1_000_000)
    text = f'{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}'
    return text + (f'.{fraction:06}' if fraction else '')


def timestamp_text(microseconds):
    day, rest = divmod(microseconds, 86_400_000_000)
    return f'{date_text(day)}T{time_text(rest)}Z'


def decimal_text(field):
    scale, negative = field[0] & 0x7F, field[0] & 0x80
    digits = str(int.from_bytes(field[1:], 'big')).rjust(scale + 1, '0')
    text = f'{digits[:-scale]}.{digits[-scale:]}' if scale else digits
    return '-' + text if negative else text


def uuid_text(b):
    h = b.hex()
    return f'{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}'


def string(text):
    return json.dumps(text, ensure_ascii=False)


def any_text(field):
    kind, text = field[0], field[1:].decode()
    return {1: text, 2: string(text), 3: text, 4: 'false', 5: 'true'}[kind]


def one_line(document):
    """A JSON document with line ends between tokens as spaces; within strings there are none."""
    return document.replace('\r', ' ').replace('\n', ' ')


TEXTS = {
    'int': str, 'double': repr, 'bool': lambda v: 'true' if v else 'false',
    'text': lambda b: string(b.decode()), 'bytes': lambda b: string(base64.b64encode(b).decode()),
    'date': lambda v: string(date_text(v)), 'time': lambda v: string(time_text(v)),
    'timestamp': lambda v: string(timestamp_text(v)), 'uuid': lambda b: string(uuid_text(b)),
    'decimal': lambda b: string(decimal_text(b)), 'json': lambda b: one_line(b.decode()),
    'any': lambda b: one_line(any_text(b)),
}


# Tables -------------------------------------------------------------------------------------

class Table:
    def __init__(self, store, entry):
        schema = entry['table']
        self.columns = schema['columns']
        self.ids = entry['columnIds']
        by_name = {column['name']: column for column in self.columns}
        self.key = [(name, by_name[name]['type']) for name in schema['primaryKey']]
        self.fields = entry['layout']
        self.kinds = [field['type'] for field in self.fields]
        self.rows = Tree(store, entry['rows']['id'], entry['rows']['root'])
        self.documents = Documents(store, entry.get('documents'))

    def lines(self):
        """Every row as a line of JSON, in key order."""
        for key, row in self.rows.entries():
            reader = KeyReader(key)
            parts = {name: reader.part(kind) for name, kind in self.key}
            fields = row_fields(row, self.kinds)
            stored = {f['column']: v for f, v in zip(self.fields, fields)}
            members = []
            for number, column in zip(self.ids, self.columns):
                name, kind = column['name'], column['type']
                value = stored[number] if number in stored else parts.get(name)
                members.append(f'{string(name)}:{self.text(kind, value)}')
            yield '{' + ','.join(members) + '}\n'

    def text(self, kind, value):
        if value is None:
            return 'null'
        if kind == 'json' or isinstance(value, External):
            value = self.documents.load(value)
        return TEXTS[kind](value)


def table_named(store, name):
    for key, value in Tree(store, CATALOG_TREE, FIRST_PAGE).entries():
        if key[0] == 1:
            entry = json.loads(value)
            if entry['table']['name'] == name:
                return Table(store, entry)
    raise Damaged(f'there is no table {name}')


def main():
    if len(sys.argv) != 3:
        sys.exit('usage: reader.py FILE TABLE')
    try:
        out = sys.stdout.buffer
        for line in table_named(Store(sys.argv[1]), sys.argv[2]).lines():
            out.write(line.encode())
        out.flush()
    except (Damaged, OSError, IndexError, struct.error, ValueError, KeyError,
            lz4.block.LZ4BlockError) as problem:
        sys.exit(f'{sys.argv[1]}: {problem}')


if __name__ == '__main__':
    main()
