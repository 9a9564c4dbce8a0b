# SPDX-License-Identifier: Apache-2.0
"""What a process has in memory."""

LARGEST = 1 << 30  # a sanitizer's shadow is longer, and mostly not there


def memory_of(pid):
    """What is written to a core: private memory that is not of a file."""
    with open(f"/proc/{pid}/maps", encoding="utf-8") as maps, open(f"/proc/{pid}/mem", "rb") as mem:
        for line in maps:
            fields = line.split()
            start, end = (int(x, 16) for x in fields[0].split("-"))
            of_a_file = len(fields) > 5 and fields[5].startswith("/")
            if not fields[1].startswith("rw") or of_a_file or end - start > LARGEST:
                continue
            try:
                mem.seek(start)
                yield mem.read(end - start)
            except OSError:
                continue  # gone meanwhile, or guard pages
