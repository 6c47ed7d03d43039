#!/usr/bin/env python3
"""Runs a program in a network namespace of its own, where one port of loopback is all there is.

In the namespace 127.0.0.1:PORT is the same address outside: the listening socket is made inside and
handed out over a Unix socket, and what it accepts is relayed to the real port. Nothing else can be
reached, so a client that would phone home fails instead of hiding a fault. Needs root or
unprivileged user namespaces.

Run as a program, this file is the first step of the child: isolate.py PORT FD COMMAND...
"""
import asyncio
import ctypes
import dataclasses
import fcntl
import os
import signal
import socket
import struct
import sys

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
SIOCSIFFLAGS, IFF_UP = 0x8914, 0x1


class Unavailable(Exception):
    """This machine gives us no network namespace."""


@dataclasses.dataclass
class Outcome:
    """How a program ended. code is None when it was killed at its deadline."""

    code: int | None
    out: str
    err: str


async def run(command, port, env, cwd, timeout):
    """Runs command to its end, or kills its whole session after timeout seconds."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        process = await asyncio.create_subprocess_exec(
            sys.executable, __file__, str(port), str(theirs.fileno()), *command,
            env=env, cwd=cwd, pass_fds=[theirs.fileno()], start_new_session=True,
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE)
        theirs.close()
        try:
            _, descriptors, _, _ = await asyncio.to_thread(socket.recv_fds, ours, 1, 1)
            if not descriptors:
                _, err = await process.communicate()
                raise Unavailable(err.decode(errors="replace").strip())
            listener = socket.socket(fileno=descriptors[0])
            async with await asyncio.start_server(lambda r, w: relay(r, w, port), sock=listener):
                try:
                    out, err = await asyncio.wait_for(process.communicate(), timeout)
                except asyncio.TimeoutError:
                    return Outcome(None, "", f"not finished after {timeout} s")
                return Outcome(
                    process.returncode, out.decode(errors="replace"), err.decode(errors="replace"))
        finally:
            # The session and not the process: the program may leave children behind.
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            await process.wait()


async def relay(reader, writer, port):
    """Joins an accepted connection to the real port."""
    try:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        writer.transport.abort()
        return
    await asyncio.gather(pump(reader, far_writer), pump(far_reader, writer))
    for end in (writer, far_writer):
        end.close()


async def pump(reader, writer):
    """Copies one direction; an end is passed on as an end, a reset as a reset."""
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()
    except OSError:
        writer.transport.abort()


def enter():
    """Moves this process into a new network namespace and brings its loopback up."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNET) != 0:
        uid, gid = os.getuid(), os.getgid()
        if libc.unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "no root and no user namespaces")
        maps = {"setgroups": "deny", "uid_map": f"{uid} {uid} 1", "gid_map": f"{gid} {gid} 1"}
        for name, text in maps.items():
            with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
                file.write(text)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", IFF_UP))


def main():
    port, descriptor, command = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
    try:
        enter()
    except OSError as error:
        sys.exit(f"network namespaces are not available: {error}")
    with socket.create_server(("127.0.0.1", port), backlog=64) as listener:
        with socket.socket(fileno=descriptor) as parent:
            socket.send_fds(parent, [b"+"], [listener.fileno()])
        os.set_inheritable(listener.fileno(), False)
        os.execvp(command[0], command)


if __name__ == "__main__":
    main()
