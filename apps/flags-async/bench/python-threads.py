"""What the book's thread-pool program does: one requests.get per flag, as many threads as asked for.

usage: python3 python-threads.py BASE_URL WIDTH CC...
"""
import collections
import pathlib
import sys
import time
from concurrent import futures

import requests
import tqdm

base_url, width, *codes = sys.argv[1:]
target = pathlib.Path("python-threads")
target.mkdir(exist_ok=True)


def fetch_and_save(code):
    answer = requests.get(f"{base_url}/{code}/{code}.gif")
    if answer.status_code == 404:
        return "not found"
    answer.raise_for_status()
    (target / f"{code}.gif").write_bytes(answer.content)
    return "ok"


started = time.time()
tally = collections.Counter()
with futures.ThreadPoolExecutor(max_workers=int(width)) as pool:
    pending = [pool.submit(fetch_and_save, code) for code in codes]
    for done in tqdm.tqdm(futures.as_completed(pending), total=len(pending)):
        try:
            tally[done.result()] += 1
        except (requests.HTTPError, requests.ConnectionError):
            tally["error"] += 1
print(dict(tally))
print(f"Elapsed time: {time.time() - started:.3f}s")
