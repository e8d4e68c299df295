"""A filter of system calls, written as the kernel's BPF: no network, no way around the rest.

Source: https://docs.kernel.org/userspace-api/seccomp_filter.html
"""

import ctypes
import errno
import os
import struct

from .syscalls import PR_SET_SECCOMP, machine, number_of, prctl

_LOAD, _JUMP_EQUAL, _JUMP_AT_LEAST, _JUMP_ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _KILL, _ERROR = 0x7FFF0000, 0x80000000, 0x00050000
_ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_NUMBER_AT, _ARCHITECTURE_AT, _ARGUMENTS_AT = 0, 4, 16
#: Calls of the x32 interface have this bit, and would slip through by another number.
_X32 = 0x40000000
_MODE_FILTER = 2

#: CLONE_NEWTIME, NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET.
_NEW_NAMESPACES = 0x80 | 0x20000 | 0x2000000 | 0x4000000 | 0x8000000 | 0x70000000
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C
_SET_OWNER = {"fcntl": (8, 15), "ioctl": (0x8901, 0x8902)}

_REFUSED = """
    socket ptrace process_vm_readv process_vm_writev process_madvise process_mrelease kcmp
    pidfd_getfd mount umount2 pivot_root chroot fsopen fsconfig fsmount fspick open_tree
    open_tree_attr move_mount mount_setattr unshare setns keyctl add_key request_key bpf
    perf_event_open userfaultfd io_uring_setup io_uring_enter io_uring_register kexec_load
    kexec_file_load init_module finit_module delete_module open_by_handle_at name_to_handle_at
    swapon swapoff reboot sethostname setdomainname quotactl quotactl_fd acct syslog iopl ioperm
    settimeofday clock_settime adjtimex clock_adjtime vhangup fanotify_init lookup_dcookie
    personality modify_ldt uselib _sysctl nfsservctl migrate_pages move_pages
"""
#: Memory that no limit counts. Programs take "there is no such call" for an answer and use files.
_ABSENT = ("clone3", "memfd_create", "memfd_secret", "shmget", "semget", "msgget", "mq_open")

#: Landlock lets the owner of a file change its mode, times and attributes. Without a new root
#: that would be any file; copying functions change them too, so they are told that it went well.
_PRETENDED = """
    chmod fchmod fchmodat fchmodat2 utime utimes futimesat utimensat
"""
_REFUSED_OUTSIDE = """
    chown fchown lchown fchownat setxattr lsetxattr fsetxattr setxattrat removexattr
    lremovexattr fremovexattr removexattrat file_setattr rt_tgsigqueueinfo pidfd_send_signal
    tkill
"""
#: Without a PID namespace these reach every process of the user; of their own they may.
_ON_PROCESSES = {
    "kill": 0,
    "tgkill": 0,
    "rt_sigqueueinfo": 0,
    "prlimit64": 0,
    "sched_setaffinity": 0,
    "sched_setscheduler": 0,
    "sched_setparam": 0,
    "sched_setattr": 0,
    "setpriority": 1,
    "ioprio_set": 1,
}


class _Program:
    """BPF instructions in the making."""

    def __init__(self) -> None:
        self.code: list[bytes] = []

    def add(self, code: int, value: int, if_true: int = 0, if_false: int = 0) -> None:
        self.code.append(struct.pack("=HBBI", code, if_true, if_false, value & 0xFFFFFFFF))

    def answer(self, action: int) -> None:
        self.add(_RETURN, action)

    def refuse(self, call: str, code: int = errno.EPERM) -> None:
        """Answer one call with an error."""
        self.block(call, [(_RETURN, _ERROR | code, 0, 0)])

    def block(self, call: str, instructions: list[tuple[int, int, int, int]]) -> None:
        """Run instructions for one call only; they must end with an answer."""
        if number_of(call) < 0:
            return
        self.add(_JUMP_EQUAL, number_of(call), 0, len(instructions))
        for instruction in instructions:
            code, value, if_true, if_false = instruction
            self.add(code, value, if_true, if_false)

    def refuse_values(self, call: str, argument: int, values: tuple[int, ...]) -> None:
        """Refuse a call if the low half of an argument is one of these."""
        count = len(values)
        tests = [(_JUMP_EQUAL, v, count - i, 0) for i, v in enumerate(values)]
        self.block(call, [_load(argument), *tests, (_RETURN, _ALLOW, 0, 0), _EPERM])

    def only_values(self, call: str, argument: int, values: tuple[int, ...]) -> None:
        """Refuse a call unless the low half of an argument is one of these."""
        count = len(values)
        tests = [(_JUMP_EQUAL, v, count - i, 0) for i, v in enumerate(values)]
        self.block(call, [_load(argument), *tests, _EPERM, (_RETURN, _ALLOW, 0, 0)])


_EPERM = (_RETURN, _ERROR | errno.EPERM, 0, 0)


def _load(argument: int) -> tuple[int, int, int, int]:
    return (_LOAD, _ARGUMENTS_AT + 8 * argument, 0, 0)


def _program(*, in_namespaces: bool, signals_are_scoped: bool) -> bytes:
    program = _Program()
    processor = machine() or ""
    program.add(_LOAD, _ARCHITECTURE_AT)
    program.add(_JUMP_EQUAL, _ARCHITECTURES[processor], 1, 0)
    program.answer(_KILL)
    program.add(_LOAD, _NUMBER_AT)
    if processor == "x86_64":
        program.add(_JUMP_AT_LEAST, _X32, 0, 1)
        program.answer(_KILL)
    for call in _REFUSED.split():
        program.refuse(call)
    for call in _ABSENT:
        program.refuse(call, errno.ENOSYS)
    program.block(
        "clone", [_load(0), (_JUMP_ANY_BIT, _NEW_NAMESPACES, 1, 0), (_RETURN, _ALLOW, 0, 0), _EPERM]
    )
    if in_namespaces:
        program.refuse_values("ioctl", 1, (_TIOCSTI, _TIOCLINUX))
    else:
        _protect_outside(program, signals_are_scoped)
    program.answer(_ALLOW)
    return b"".join(program.code)


def _protect_outside(program: _Program, signals_are_scoped: bool) -> None:
    """Refuse what a new root and a PID namespace would make harmless."""
    for call in _PRETENDED.split():
        program.refuse(call, 0)
    for call in _REFUSED_OUTSIDE.split():
        program.refuse(call)
    program.refuse_values("ioctl", 1, (_TIOCSTI, _TIOCLINUX, *_SET_OWNER["ioctl"]))
    program.refuse_values("fcntl", 1, _SET_OWNER["fcntl"])
    for call, argument in _ON_PROCESSES.items():
        if signals_are_scoped and call in ("kill", "tgkill", "rt_sigqueueinfo"):
            continue
        program.only_values(call, argument, (0, os.getpid()))


def install(*, in_namespaces: bool, signals_are_scoped: bool) -> None:
    """Filter the system calls of this process and of all that it starts, for good.

    Parameters
    ----------
    in_namespaces : bool
        Whether the process has its own root and PID namespace; else more is refused.
    signals_are_scoped : bool
        Whether Landlock keeps signals inside.

    Raises
    ------
    OSError
        If Linux refuses, or the processor is neither x86_64 nor aarch64.
    """
    if machine() is None:
        raise OSError(errno.ENOSYS, "seccomp: no table of system calls for this processor")
    code = _program(in_namespaces=in_namespaces, signals_are_scoped=signals_are_scoped)
    instructions = ctypes.create_string_buffer(code, len(code))
    header = struct.pack("=H6xQ", len(code) // 8, ctypes.addressof(instructions))
    program = ctypes.create_string_buffer(header, len(header))
    prctl(PR_SET_SECCOMP, _MODE_FILTER, ctypes.addressof(program))
