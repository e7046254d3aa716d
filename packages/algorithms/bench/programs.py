"""The same work in plain Python, a line per job: its seconds. Reads lines `arcfour BYTES` and `prime NUMBER`."""

import sys
from math import isqrt
from time import perf_counter

from arcfour import arcfour


def is_prime(n):
    if n % 2 == 0:
        return n == 2
    for divisor in range(3, isqrt(n) + 1, 2):
        if n % divisor == 0:
            return False
    return n > 1


for line in sys.stdin:
    job, number = line.split()
    data = bytes(int(number)) if job == "arcfour" else None
    start = perf_counter()
    if data is None:
        is_prime(int(number))
    else:
        arcfour(b"key", data)
    print(perf_counter() - start, flush=True)
