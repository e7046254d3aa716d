"""Runs one case with Python's concurrent.futures and prints its metrics as JSON.

Argument: a JSON object with "case", "executor" ("threads" or "processes"), "cell" and "effort", as the Node side has
them. The clock runs here, so that starting the interpreter is not measured.
"""

from time import perf_counter

STARTED_AT = perf_counter()

import json
import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from statistics import mean, median
from resource import RUSAGE_SELF, getrusage
from threading import Semaphore


def echo(value):
    return value


def is_prime(n):
    if n < 2:
        return False
    if n % 2 == 0:
        return n == 2
    divisor = 3
    while divisor * divisor <= n:
        if n % divisor == 0:
            return False
        divisor += 2
    return True


def check(condition):
    if not condition:
        raise AssertionError("wrong result")


def repeat(effort, once):
    """Gives the seconds of each repetition: some, and more until the time is used."""
    times = []
    while len(times) < effort["minRepetitions"] or sum(times) * 1000 < effort["timedMs"]:
        start = perf_counter()
        once()
        times.append(perf_counter() - start)
    return times


def warm_up(executor, effort):
    end = perf_counter() + effort["warmMs"] / 1000
    while perf_counter() < end:
        for future in [executor.submit(echo, i) for i in range(200)]:
            future.result()


def burst(executor, cell, effort):
    if cell["values"] == "objects":
        items = [{"id": i, "name": f"item {i}", "price": i / 4} for i in range(cell["n"])]
    else:
        items = list(range(cell["n"]))

    def once():
        futures = [executor.submit(echo, item) for item in items]
        check([future.result() for future in futures] == items)

    return {"rate": cell["n"] / median(repeat(effort, once))}


def in_flight(executor, window, effort):
    def run(total):
        room = Semaphore(window)
        futures = []
        for i in range(total):
            room.acquire()
            future = executor.submit(echo, i)
            future.add_done_callback(lambda _: room.release())
            futures.append(future)
        check([future.result() for future in futures] == list(range(total)))

    start = perf_counter()
    run(2000)
    total = max(2000, int(2000 / (perf_counter() - start) * effort["timedMs"] / 1000 / 3))
    times = repeat({"minRepetitions": 3, "timedMs": 0}, lambda: run(total))
    return total / median(times)


def round_trip(executor, cell, effort):
    times = []
    end = perf_counter() + effort["timedMs"] / 1000
    i = 0
    while perf_counter() < end:
        start = perf_counter()
        result = executor.submit(echo, i).result()
        times.append((perf_counter() - start) * 1e6)
        check(result == i)
        i += 1
    times.sort()
    return {
        "p50": times[len(times) // 2],
        "p99": times[int(len(times) * 0.99)],
        "mean": mean(times),
    }


def prime_map(executor, cell, effort, chunksize):
    items = range(cell["from"], cell["from"] + cell["n"])
    expected = [is_prime(n) for n in items]

    def once():
        check(list(executor.map(is_prime, items, chunksize=chunksize)) == expected)

    return {"us": median(repeat({**effort, "minRepetitions": 1}, once)) * 1e6 / len(items)}


def payload(executor, cell, effort):
    metrics = {}
    for size, length in cell["sizes"].items():
        data = bytes(range(251)) * (length // 251) + bytes(length % 251)

        def once():
            check(executor.submit(echo, data).result() == data)

        for _ in range(5):
            once()
        metrics[size] = median(repeat(effort, once)) * 1000
    return metrics


def cold(case, make, cell):
    """Does a whole job once, from the first line of the program; see cases/cold."""
    with make(cell["workers"]) as executor:
        if case == "one-call":
            check(executor.submit(echo, 1).result() == 1)
        elif case == "burst-20k":
            futures = [executor.submit(echo, i) for i in range(20_000)]
            check([future.result() for future in futures] == list(range(20_000)))
        else:
            items = range(cell["from"], cell["from"] + cell["n"])
            check(len(list(executor.map(is_prime, items, chunksize=1000))) == len(items))
        ms = (perf_counter() - STARTED_AT) * 1000
    return {"ms": ms, "mb": getrusage(RUSAGE_SELF).ru_maxrss / 1024}


def main():
    job = json.loads(sys.argv[1])
    cell, effort = job["cell"], job["effort"]
    if job["case"].startswith("cold-"):
        make = ProcessPoolExecutor if job["executor"] == "processes" else ThreadPoolExecutor
        print(json.dumps(cold(job["case"].removeprefix("cold-"), make, cell)))
        return
    case = job["case"].removeprefix("process-")
    processes = job["executor"] == "processes"
    make = ProcessPoolExecutor if processes else ThreadPoolExecutor
    with make(cell["workers"]) as executor:
        warm_up(executor, effort)
        if case == "map":
            metrics = prime_map(executor, cell, effort, 100 if processes else 1)
        elif case == "round-trip":
            metrics = round_trip(executor, cell, effort)
        elif case == "in-flight":
            metrics = {f"n{w}": in_flight(executor, w, effort) for w in cell["windows"]}
        elif case == "payload":
            metrics = payload(executor, cell, effort)
        else:
            metrics = burst(executor, cell, effort)
    print(json.dumps(metrics))


if __name__ == "__main__":
    main()
