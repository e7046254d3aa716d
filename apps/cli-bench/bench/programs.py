"""The three compute programs of the book in Python: `programs.py primes`, or `sha` or `arcfour` with a worker count."""

import hashlib
import math
import sys
from concurrent import futures
from pathlib import Path
from random import randrange
from time import perf_counter, strftime

PRIMES = [
    112272535095293, 112582705942171, 112272535095293, 115280095190773, 115797848077099,
    1099726899285419, 112545606449, 4894348954034, 4236544062, 11112324353465, 12134123432,
    423578924023, 12433323433, 12334452364,
]
JOBS = 12
SHA_BYTES = 2**20
ARCFOUR_BYTES = 2**18
KEY = b"'Twas brillig, and the slithy toves\nDid gyre"

sys.path.insert(0, str(Path(__file__).parents[3] / "packages" / "algorithms" / "bench"))
from arcfour import arcfour  # noqa: E402


def display(text):
    print(strftime("[%H:%M:%S]"), text)


def is_prime(n):
    display(f"is_prime({n}): doing calculating...")
    verdict = has_no_divisor(n)
    display(f"is_prime({n}): done.")
    return verdict


def has_no_divisor(n):
    if n % 2 == 0:
        return False
    for divisor in range(3, math.isqrt(n) + 1, 2):
        if n % divisor == 0:
            return False
    return True


def random_bytes(size):
    return bytearray(randrange(256) for _ in range(size))


def sha(size):
    return hashlib.sha256(random_bytes(size)).hexdigest()


def there_and_back(size):
    clear = random_bytes(size)
    assert arcfour(KEY, arcfour(KEY, clear)) == clear
    return f"{size / 1024:.1f} KB"


def run_primes():
    display("Script starting.")
    executor = futures.ThreadPoolExecutor(max_workers=3)
    results = executor.map(is_prime, PRIMES)
    display(f"results: {results}")
    display("Waiting for individual results:")
    for index, result in enumerate(results):
        display(f"result {index}: {result}")


def run_processes(task, sizes, workers):
    start = perf_counter()
    with futures.ProcessPoolExecutor(workers) as executor:
        for future in futures.as_completed([executor.submit(task, size) for size in sizes]):
            print(future.result())
    print(f"{workers} workers, elapsed time: {perf_counter() - start:.2f}s")


if __name__ == "__main__":
    program, *rest = sys.argv[1:]
    if program == "primes":
        run_primes()
    elif program == "sha":
        run_processes(sha, [SHA_BYTES] * JOBS, int(rest[0]))
    else:
        sizes = [
            ARCFOUR_BYTES + int(ARCFOUR_BYTES / JOBS * (i - JOBS / 2)) for i in range(JOBS, 0, -1)
        ]
        run_processes(there_and_back, sizes, int(rest[0]))
