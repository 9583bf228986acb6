"""A disk that loses what was not synced: replays the system calls that strace recorded and stops at any of them.

What file systems promise is kept, and nothing more: `fsync` of a file brings its content to the disk, `fsync` of a
folder the names in it; a change of names in one folder happens whole, and after those before it in the same folder.
All else that the calls did, in whatever order, may or may not be there after the power failed (Pillai et al. 2014, "All
File Systems Are Not Created Equal").
"""

import os
import random
import re
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["Call", "Disk", "File", "Folder", "calls_in", "recorded"]

CALLS = (
    "open,openat,creat,close,dup,dup2,dup3,fcntl,lseek,write,pwrite64,writev,ftruncate,fsync,fdatasync,"
    "rename,renameat,renameat2,link,linkat,unlink,unlinkat,mkdir,mkdirat,rmdir"
)
_LINE = re.compile(r"^(\d+) +(.*)$")
_DONE = re.compile(r"^(\w+)\((.*)\) += (-?\d+)(?:<.*>)?(?: .*)?$", re.DOTALL)
_UNFINISHED, _RESUMED = " <unfinished ...>", re.compile(r"^<\.\.\. \w+ resumed>")
_HEX = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_DESCRIPTOR = re.compile(r"^(\w+)(?:<(.*)>)?$")


@dataclass(frozen=True, slots=True)
class Call:
    """A system call that succeeded."""

    name: str
    arguments: tuple[str, ...]
    result: int


def recorded(command: Sequence[str], log: Path, **more: object) -> list[Call]:
    """Run a command under strace and return the calls that touch files, in the order in which they ended.

    A `close` counts from its beginning.
    """
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    tracing = ["strace", "-f", "-y", "-xx", "-s", "10000000", "-e", f"trace={CALLS}", "-o", str(log)]
    subprocess.run([*tracing, *command], check=True, capture_output=True, env=environment, timeout=300, **more)  # type: ignore[call-overload]
    return list(calls_in(log.read_text(encoding="ascii", errors="replace").splitlines()))


def calls_in(lines: Sequence[str]) -> Iterator[Call]:
    """Yield the calls that the lines of a log tell of."""
    begun: dict[str, str] = {}
    for line in lines:
        match = _LINE.match(line)
        if not match:
            continue
        thread, text = match.groups()
        if text.endswith(_UNFINISHED):
            begun[thread] = text.removesuffix(_UNFINISHED)
            if begun[thread].startswith("close("):  # its number may be given to another thread before it ends
                yield Call("close", tuple(_split(begun[thread].removeprefix("close(").rstrip(" )"))), 0)
            continue
        if begun.get(thread, "").startswith("close("):
            del begun[thread]
            continue
        text = begun.pop(thread) + _RESUMED.sub("", text) if _RESUMED.match(text) else text
        done = _DONE.match(text)
        if done and int(done[3]) >= 0:
            yield Call(done[1], tuple(_split(done[2])), int(done[3]))


def _split(arguments: str) -> Iterator[str]:
    """Cut at the commas that stand outside of quotes and brackets."""
    depth, quoted, begin = 0, False, 0
    for n, c in enumerate(arguments):
        if c == '"':
            quoted = not quoted
        elif not quoted and c in "[{<(":
            depth += 1
        elif not quoted and c in "]}>)":
            depth -= 1
        elif c == "," and not quoted and not depth:
            yield arguments[begin:n].strip()
            begin = n + 1
    yield arguments[begin:].strip()


def _bytes(text: str) -> bytes:
    return b"".join(bytes.fromhex(found.replace("\\x", "")) for found in _HEX.findall(text))


@dataclass(eq=False)
class File:
    """The content as programs see it, and as it lies on the disk."""

    content: bytearray = field(default_factory=bytearray)
    synced: bytes = b""


@dataclass(eq=False)
class Folder:
    """The names as programs see them, as they lie on the disk, and as they were after each change since."""

    names: "dict[str, File | Folder]" = field(default_factory=dict)
    synced: "dict[str, File | Folder]" = field(default_factory=dict)
    since: "list[dict[str, File | Folder]]" = field(default_factory=list)

    def changed(self) -> None:
        """Remember what the names are now."""
        self.since.append(dict(self.names))


@dataclass(eq=False)
class _Open:
    node: File | Folder
    place: int = 0


class Disk:
    """The files below one folder, which is on the disk as it stands when the disk is made."""

    def __init__(self, root: Path) -> None:
        self._root = root
        inodes: dict[int, File] = {}
        self.top = self._read(root, inodes)
        self._open: dict[int, _Open] = {}

    def _read(self, folder: Path, inodes: dict[int, File]) -> Folder:
        found: dict[str, File | Folder] = {}
        for path in folder.iterdir():
            if path.is_dir():
                found[path.name] = self._read(path, inodes)
            else:
                content = path.read_bytes()
                found[path.name] = inodes.setdefault(path.stat().st_ino, File(bytearray(content), content))
        return Folder(found, dict(found))

    def apply(self, call: Call) -> bool:
        """Do what a call did; say whether it changed names or what is on the disk."""
        act = getattr(self, f"_{call.name}", None)
        return bool(act and act(*call.arguments, result=call.result))

    def after_power_failure(self, kind: str, chance: random.Random) -> dict[str, bytes | None]:
        """Return what may be there after a failure now, path → content, None for a folder.

        Of what was not synced: "synced" has none, "names" the names but no content, "all" all, "some" what chance has.
        """
        return dict(_left(self.top, "", kind, chance))

    def _place(self, path: str, folder: str = "") -> tuple[Folder, str] | None:
        """Find the folder and the name of a path; None for one outside."""
        name = os.fsdecode(_bytes(path)) if path.startswith('"') else path
        if folder and not name.startswith("/"):
            match = _DESCRIPTOR.match(folder)
            base = os.fsdecode(bytes.fromhex(match[2].replace("\\x", ""))) if match and match[2] else ""
            name = f"{base}/{name}"
        if not name.startswith(f"{self._root}/"):
            return None
        *parts, last = Path(name).relative_to(self._root).parts
        at: File | Folder = self.top
        for part in parts:
            if not isinstance(at, Folder) or part not in at.names:
                return None
            at = at.names[part]
        return (at, last) if isinstance(at, Folder) else None

    def _openat(self, folder: str, path: str, flags: str, *_mode: str, result: int) -> bool:
        place = self._place(path, folder)
        self._open.pop(result, None)
        if not place:
            name = os.fsdecode(_bytes(path))
            if name == str(self._root):
                self._open[result] = _Open(self.top)
            return False
        parent, name = place
        made = name not in parent.names and "O_CREAT" in flags
        if made:
            parent.names[name] = File()
            parent.changed()
        node = parent.names.get(name)
        if node is None:
            return False
        if "O_TRUNC" in flags and isinstance(node, File):
            node.content.clear()
        self._open[result] = _Open(node, len(node.content) if "O_APPEND" in flags and isinstance(node, File) else 0)
        return made

    def _close(self, descriptor: str, *, result: int) -> bool:
        self._open.pop(_number(descriptor), None)
        return False

    def _dup(self, descriptor: str, *_other: str, result: int) -> bool:
        if _number(descriptor) in self._open:
            self._open[result] = self._open[_number(descriptor)]
        return False

    _dup2 = _dup3 = _dup

    def _fcntl(self, descriptor: str, command: str, *_more: str, result: int) -> bool:
        return self._dup(descriptor, result=result) if command.startswith("F_DUPFD") else False

    def _lseek(self, descriptor: str, *_more: str, result: int) -> bool:
        if _number(descriptor) in self._open:
            self._open[_number(descriptor)].place = result
        return False

    def _write(self, descriptor: str, content: str, *_size: str, result: int) -> bool:
        found = self._open.get(_number(descriptor))
        if found and isinstance(found.node, File):
            found.node.content[found.place : found.place + result] = _bytes(content)[:result]
            found.place += result
        return False

    _writev = _write

    def _pwrite64(self, descriptor: str, content: str, _size: str, place: str, *, result: int) -> bool:
        found = self._open.get(_number(descriptor))
        if found and isinstance(found.node, File):
            found.node.content[int(place) : int(place) + result] = _bytes(content)[:result]
        return False

    def _ftruncate(self, descriptor: str, size: str, *, result: int) -> bool:
        found = self._open.get(_number(descriptor))
        if found and isinstance(found.node, File):
            del found.node.content[int(size) :]
            found.node.content.extend(bytes(int(size) - len(found.node.content)))
        return False

    def _fsync(self, descriptor: str, *, result: int) -> bool:
        found = self._open.get(_number(descriptor))
        if found is None:
            return False
        if isinstance(found.node, File):
            found.node.synced = bytes(found.node.content)
        else:
            found.node.synced = dict(found.node.names)
            found.node.since.clear()
        return True

    _fdatasync = _fsync

    def _rename(self, old: str, new: str, *, result: int) -> bool:
        return self._move(self._place(old), self._place(new))

    def _renameat(self, old_folder: str, old: str, new_folder: str, new: str, *_flags: str, result: int) -> bool:
        return self._move(self._place(old, old_folder), self._place(new, new_folder))

    _renameat2 = _renameat

    def _move(self, old: tuple[Folder, str] | None, new: tuple[Folder, str] | None) -> bool:
        if old and new:
            new[0].names[new[1]] = old[0].names.pop(old[1])
            new[0].changed()
            if new[0] is not old[0]:
                old[0].changed()
        return bool(old and new)

    def _link(self, old: str, new: str, *, result: int) -> bool:
        return self._linkat("", old, "", new, result=result)

    def _linkat(self, old_folder: str, old: str, new_folder: str, new: str, *_flags: str, result: int) -> bool:
        source, target = self._place(old, old_folder), self._place(new, new_folder)
        if source and target:
            target[0].names[target[1]] = source[0].names[source[1]]
            target[0].changed()
        return bool(source and target)

    def _unlink(self, path: str, *, result: int) -> bool:
        return self._unlinkat("", path, result=result)

    def _unlinkat(self, folder: str, path: str, *_flags: str, result: int) -> bool:
        place = self._place(path, folder)
        if place:
            place[0].names.pop(place[1])
            place[0].changed()
        return bool(place)

    _rmdir = _unlink

    def _mkdir(self, path: str, *_mode: str, result: int) -> bool:
        return self._mkdirat("", path, result=result)

    def _mkdirat(self, folder: str, path: str, *_mode: str, result: int) -> bool:
        place = self._place(path, folder)
        if place:
            place[0].names[place[1]] = Folder()
            place[0].changed()
        return bool(place)


def _number(descriptor: str) -> int:
    match = _DESCRIPTOR.match(descriptor)
    return int(match[1]) if match and match[1].isdigit() else -1


def _left(folder: Folder, path: str, kind: str, chance: random.Random) -> Iterator[tuple[str, bytes | None]]:
    states = {"synced": folder.synced, "some": chance.choice([folder.synced, *folder.since])}
    for name, node in states.get(kind, folder.names).items():
        if isinstance(node, Folder):
            yield f"{path}{name}", None
            yield from _left(node, f"{path}{name}/", kind, chance)
            continue
        whole = bytes(node.content)
        content = whole if kind == "all" else node.synced
        if kind == "some" and content != whole:
            content = chance.choice((node.synced, whole, whole[: len(whole) // 2]))
        yield f"{path}{name}", content
