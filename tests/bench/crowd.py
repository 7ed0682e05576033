# SPDX-License-Identifier: GPL-2.0-or-later
"""crowd - thousands of processes, for measuring programs that read all of them"""
import contextlib
import os
import shutil
import signal
import socket
import tempfile

# How many descriptors processes have, in turn. A server's kernel threads, about half of its processes, have none.
DESCRIPTORS = (0, 0, 8, 16)
# As many have a mount and a network namespace of their own, as containers do.
NAMESPACES = 20


def open_files(count):
    """at least that many descriptors of the kinds that are common, of which the first count are inherited"""
    numbers = []
    while len(numbers) < count:
        numbers += [end.detach() for end in socket.socketpair()]
        numbers += [*os.pipe(), os.eventfd(0), os.open(tempfile.gettempdir(), os.O_TMPFILE | os.O_RDWR)]
    for number in numbers[:count]:
        os.set_inheritable(number, True)
    return numbers


@contextlib.contextmanager
def crowd(count):
    """that many processes; they end with this process"""
    numbers = open_files(max(DESCRIPTORS) - 3)
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
        for number in numbers:
            os.close(number)
