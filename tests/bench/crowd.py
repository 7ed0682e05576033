# SPDX-License-Identifier: GPL-2.0-or-later
"""crowd - processes by the thousand, for programs that look at all of them"""
import contextlib
import os
import shutil
import socket
import tempfile

# How many descriptors processes have, in turn: daemons that idle, most others, servers.
DESCRIPTORS = (3, 12, 12, 40)
# As many have a mount and a network namespace of their own, as containers do.
NAMESPACES = 20


def open_files(count):
    """descriptors of the kinds that are common, for others to inherit; and what keeps them open"""
    kept, numbers = [], []
    while len(numbers) < count:
        pair, file = socket.socketpair(), tempfile.TemporaryFile()
        kept += [*pair, file]
        numbers += [pair[0].fileno(), pair[1].fileno(), file.fileno(), *os.pipe(), os.eventfd(0)]
    for number in numbers:
        os.set_inheritable(number, True)
    return numbers[:count], numbers[count:], kept


@contextlib.contextmanager
def crowd(count):
    """that many processes; they end with us at the latest"""
    cat, unshare = shutil.which("cat"), shutil.which("unshare")
    numbers, spare, kept = open_files(max(DESCRIPTORS) - 3)
    stay, leave = os.pipe()
    null = os.open("/dev/null", os.O_WRONLY)
    pids = []
    for index in range(count):
        surplus = numbers[DESCRIPTORS[index % len(DESCRIPTORS)] - 3:] + spare
        actions = [(os.POSIX_SPAWN_DUP2, stay, 0), (os.POSIX_SPAWN_DUP2, null, 1), (os.POSIX_SPAWN_DUP2, null, 2)]
        actions += [(os.POSIX_SPAWN_CLOSE, number) for number in surplus]
        command = [unshare, "--mount", "--net", cat] if index < NAMESPACES else [cat]
        pids.append(os.posix_spawn(command[0], command, {}, file_actions=actions))
    try:
        yield
    finally:
        os.close(leave)
        for pid in pids:
            os.waitpid(pid, 0)
        for number in (stay, null):
            os.close(number)
        for file in kept:
            file.close()
