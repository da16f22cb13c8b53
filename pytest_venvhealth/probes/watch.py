"""Run inside the target: keep a probe off the network, and see what it does on the way.

Standard library only, Python 3.8 and later. Part of `child.py`.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Sequence

_LOOPBACK = {"", "localhost", "localhost.localdomain", "ip6-localhost", "ip6-loopback", "::", "::1"}
_FORKING = {"os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.system", "subprocess.Popen"}
# Audit events of the standard library that change a path, and which of their arguments name one.
_CHANGING = {
    "os.chflags": (0,),
    "os.chmod": (0,),
    "os.chown": (0,),
    "os.link": (1,),
    "os.mkdir": (0,),
    "os.remove": (0,),
    "os.rename": (0, 1),
    "os.rmdir": (0,),
    "os.symlink": (1,),
    "os.truncate": (0,),
    "os.utime": (0,),
}
_MAKING = ("os.link", "os.mkdir", "os.symlink")
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_MAX_WRITTEN = 20
# From <sched.h>, <linux/sockios.h> and <net/if.h>.
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_SIOCSIFFLAGS, _IFF_UP_RUNNING = 0x8914, 0x41


class Watch:
    """What the audit hook sees. A hook stays for good, in forks too: it is this that changes."""

    def __init__(self) -> None:
        # The files opened last: the damaged one where an exception does not name it.
        self.source = ""
        self.bytecode = ""
        # Whether the probe started processes of its own.
        self.forked = False
        # Tells the runner of progress; nobody listens yet.
        self.say: Callable[[dict[str, object]], None] = lambda data: None
        self.own_folders: tuple[str, ...] = ()
        self.written: set[str] = set()

    def begin(self, say: Callable[[dict[str, object]], None], own_folders: list[str]) -> None:
        """Watch a probe that may write to those folders."""
        self.say = say
        self.forked = False
        self.own_folders = tuple(os.path.join(folder, "") for folder in own_folders)
        self.written.clear()


def audit_hook(watch: Watch) -> Callable[[str, Sequence[object]], None]:
    """Return a hook that keeps the probe off the network and notes which file is loaded."""
    own_name = os.uname().nodename if hasattr(os, "uname") else os.environ.get("COMPUTERNAME", "")
    loopback = _LOOPBACK | {own_name.lower()}

    def hook(event: str, args: Sequence[object]) -> None:
        if event == "open":
            path = args[0]
            if isinstance(path, str) and path.endswith((".py", ".pyc")):
                if path.endswith(".pyc"):
                    watch.bytecode = path
                else:
                    watch.source = path
            if isinstance(args[2], int) and args[2] & _WRITING:
                _note_written(watch, event, path)
        elif event == "import":
            # The import system names the file of an extension module only.
            if isinstance(args[1], str):
                watch.say({"loading": args[0], "file": args[1]})
        elif event in _CHANGING:
            for number in _CHANGING[event]:
                _note_written(watch, event, args[number])
        elif event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
            address = _address_outside(args[0], args[-1], loopback)
            if address:
                datagrams = getattr(args[0], "type", None) == sys.modules["_socket"].SOCK_DGRAM
                if event != "socket.connect" or not datagrams:
                    # Connecting for datagrams sends nothing: it asks for one's own address.
                    watch.say({"network": address})
                raise OSError(errno.ENETUNREACH, os.strerror(errno.ENETUNREACH))
        elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
            name = _name_outside(args[0], loopback)
            if name:
                watch.say({"network": name})
                module = sys.modules["_socket"]
                raise module.gaierror(module.EAI_AGAIN, "Temporary failure in name resolution")
        elif event in _FORKING and not watch.forked:
            watch.forked = True
            watch.say({"forked": True})

    return hook


def leave_network() -> bool:
    """Move this process to a network namespace with loopback alone; return whether that worked.

    Its forks are there, too. Linux only, and where the system allows it: to root, and to others
    where they may make user namespaces.
    """
    if not sys.platform.startswith("linux") or not hasattr(os, "geteuid"):
        return False
    before = set(sys.modules)
    try:
        _unshare_network()
        _raise_loopback()
    except (ImportError, AttributeError, OSError):
        return False
    finally:
        # A probe must not find imported what its package forgot to import.
        for name in set(sys.modules) - before:
            del sys.modules[name]
    return True


def _unshare_network() -> None:
    """Leave the machine's network.

    Raises:
        OSError: this user may not.
        ImportError, AttributeError: this Python has nothing to call the system with.
    """
    user, group = os.geteuid(), os.getegid()
    # In a user namespace root would lose its right to read what belongs to others.
    flags = _CLONE_NEWNET | (_CLONE_NEWUSER if user else 0)
    if hasattr(os, "unshare"):  # from Python 3.12 on
        os.unshare(flags)
    else:
        import ctypes

        if ctypes.CDLL(None).unshare(flags):
            raise OSError
    if user:
        _write("/proc/self/setgroups", "deny")
        _write("/proc/self/uid_map", f"{user} {user} 1")
        _write("/proc/self/gid_map", f"{group} {group} 1")


def _raise_loopback() -> None:
    """Switch the loopback device on: a namespace begins without."""
    import _socket
    import fcntl

    request = b"lo".ljust(16, b"\0") + _IFF_UP_RUNNING.to_bytes(2, sys.byteorder)
    with_socket = _socket.socket(_socket.AF_INET, _socket.SOCK_DGRAM)
    try:
        fcntl.ioctl(with_socket.fileno(), _SIOCSIFFLAGS, request.ljust(40, b"\0"))
    finally:
        with_socket.close()


def _write(path: str, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY)
    try:
        os.write(descriptor, text.encode("ascii"))
    finally:
        os.close(descriptor)


def _note_written(watch: Watch, event: str, path: object) -> None:
    """Tell of a path outside of the probe's own folders that is about to be changed."""
    if not isinstance(path, (str, bytes)) or len(watch.written) >= _MAX_WRITTEN:
        return
    try:
        text = os.path.abspath(os.fsdecode(path))
    except OSError:
        return  # its current folder is gone
    if text.startswith((*watch.own_folders, "/dev/", "/proc/")) or text in watch.written:
        return
    exists = os.path.lexists(text)
    if exists and (event in _MAKING or (event == "open" and os.path.isdir(text))):
        return  # it will fail
    watch.written.add(text)
    watch.say({"writes": text, "exists": exists})


def _address_outside(sock: object, address: object, loopback: set[str]) -> str:
    """Return an address that is not this machine's own, as text; empty where it is."""
    module = sys.modules["_socket"]
    if getattr(sock, "family", None) not in (module.AF_INET, module.AF_INET6):
        return ""  # a local socket
    if isinstance(address, tuple) and address and not _is_loopback(address[0], loopback):
        return ":".join(_host_text(part) for part in address[:2])
    return ""


def _name_outside(host: object, loopback: set[str]) -> str:
    """Return a name that only a server could resolve; empty for any other."""
    if host is None or _is_loopback(host, loopback):
        return ""
    text = _host_text(host)
    is_address = ":" in text or text.replace(".", "").isdigit()
    return "" if is_address else text


def _is_loopback(host: object, loopback: set[str]) -> bool:
    """Tell whether `host` is this machine, by name or by address."""
    text = _host_text(host).lower()
    if text.startswith("::ffff:"):
        text = text[len("::ffff:") :]
    return text in loopback or text == "0.0.0.0" or text.startswith("127.")  # noqa: S104 - no bind


def _host_text(host: object) -> str:
    return host.decode("ascii", "replace") if isinstance(host, (bytes, bytearray)) else str(host)
