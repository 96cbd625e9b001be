"""A disk that remembers: one file whose writes and flushes are kept in order.

A file system with a single file `disk` is mounted with FUSE; a loop device and ext4 lie on it. Every
write and every flush that reaches the disk is appended to `log`, so that afterwards any moment of a
power cut can be made: all that was flushed, and any part of what was not.
"""

import random
import stat
import threading
import time
from pathlib import Path

SECTOR = 512


class BlockLog:
    """The bytes of a disk and the history of how they came to be."""

    def __init__(self, image: bytes):
        self.first = image
        self.live = bytearray(image)
        self.log: list[tuple[int, bytes] | None] = []  # None is a flush
        self.lock = threading.Lock()

    def write(self, offset: int, data: bytes) -> None:
        with self.lock:
            self.live[offset : offset + len(data)] = data
            self.log.append((offset, data))

    def flush(self) -> None:
        with self.lock:
            self.log.append(None)

    def position(self) -> int:
        with self.lock:
            return len(self.log)


class PowerCuts:
    """Images of the disk after cuts at growing positions; each costs only what came since the last."""

    def __init__(self, disk: BlockLog):
        self.log = disk.log
        self.durable = bytearray(disk.first)
        self.flushed = 0

    def image(self, position: int, chance: random.Random) -> bytes:
        """What a cut right after log entry `position` may leave. Positions must not fall."""
        last = max((i for i in range(self.flushed, position) if self.log[i] is None), default=None)
        if last is not None:
            for entry in self.log[self.flushed : last]:
                if entry is not None:
                    self.durable[entry[0] : entry[0] + len(entry[1])] = entry[1]
            self.flushed = last + 1
        image = bytearray(self.durable)
        # All, none, or each sector with the same chance.
        keep = chance.choice([0.0, 1.0, 0.5, 0.9, 0.1])
        for entry in self.log[self.flushed : position]:
            if entry is None:
                continue
            offset, data = entry
            for start in range(0, len(data), SECTOR):
                if chance.random() < keep:
                    piece = data[start : start + SECTOR]
                    image[offset + start : offset + start + len(piece)] = piece
        return bytes(image)


def mount(disk: BlockLog, folder: Path) -> threading.Thread:
    """Mounts the file system with the file `disk` in a thread; ends when it is unmounted."""
    import mfusepy

    class OneFile(mfusepy.Operations):
        use_ns = True

        def getattr(self, path, fh=None):
            now = time.time_ns()
            times = {"st_ctime": now, "st_mtime": now, "st_atime": now}
            if path == "/":
                return {"st_mode": stat.S_IFDIR | 0o700, "st_nlink": 2, **times}
            if path == "/disk":
                size = len(disk.live)
                return {"st_mode": stat.S_IFREG | 0o600, "st_nlink": 1, "st_size": size, **times}
            raise mfusepy.FuseOSError(2)

        def readdir(self, path, fh):
            return [".", "..", "disk"]

        def open(self, path, flags):
            return 3

        def read(self, path, size, offset, fh):
            with disk.lock:
                return bytes(disk.live[offset : offset + size])

        def write(self, path, data, offset, fh):
            disk.write(offset, bytes(data))
            return len(data)

        def fsync(self, path, datasync, fh):
            disk.flush()
            return 0

        def truncate(self, path, length, fh=None):
            return 0

    def serve():
        mfusepy.FUSE(OneFile(), str(folder), foreground=True, nothreads=True)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    for _ in range(200):
        if (folder / "disk").exists():
            return thread
        time.sleep(0.02)
    raise RuntimeError("the block log could not be mounted")
