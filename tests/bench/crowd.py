# SPDX-License-Identifier: GPL-2.0-or-later
"""crowd - processes by the thousand, for programs that look at all of them"""
import contextlib
import os
import shutil
import signal
import socket
import tempfile

# How many descriptors processes have, in turn. A server's kernel threads, about half of its processes, have none.
DESCRIPTORS = (0, 0, 12, 24)
# As many have a mount and a network namespace of their own, as containers do.
NAMESPACES = 20


def open_files(count):
    """descriptors of the kinds that are common, for others to inherit; and what keeps them open"""
    kept, numbers = [], []
    while len(numbers) < count:
        pair, file = socket.socketpair(), tempfile.TemporaryFile()
        kept += [*pair, file]
        numbers += [pair[0].fileno(), pair[1].fileno(), file.fileno(), *os.pipe(), os.eventfd(0)]
    for number in numbers[:count]:
        os.set_inheritable(number, True)
    return numbers, kept


@contextlib.contextmanager
def crowd(count):
    """that many processes; they end with us"""
    numbers, kept = open_files(max(DESCRIPTORS) - 3)
    sleep = [shutil.which("setpriv"), "--pdeathsig", "KILL", shutil.which("sleep"), "infinity"]
    contained = sleep[:3] + [shutil.which("unshare"), "--mount", "--net"] + sleep[3:]
    pids = []
    for index in range(count):
        wanted = DESCRIPTORS[index % len(DESCRIPTORS)]
        surplus = [0, 1, 2] if not wanted else []
        surplus += numbers[max(wanted - 3, 0):max(DESCRIPTORS) - 3]
        command = contained if index < NAMESPACES else sleep
        pids.append(os.posix_spawn(command[0], command, {}, file_actions=[
            (os.POSIX_SPAWN_CLOSE, number) for number in surplus]))
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        for file in kept:
            file.close()
