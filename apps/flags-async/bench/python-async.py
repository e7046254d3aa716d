"""What the book's asyncio program does: one aiohttp session, a semaphore of the width asked for.

usage: python3 python-async.py BASE_URL WIDTH CC...
"""
import asyncio
import collections
import pathlib
import sys
import time

import aiohttp
import tqdm

base_url, width, *codes = sys.argv[1:]
target = pathlib.Path("python-async")
target.mkdir(exist_ok=True)


async def fetch_and_save(session, limit, code):
    async with limit:
        async with session.get(f"{base_url}/{code}/{code}.gif") as answer:
            if answer.status == 404:
                return "not found"
            answer.raise_for_status()
            body = await answer.read()
    (target / f"{code}.gif").write_bytes(body)
    return "ok"


async def fetch_all():
    tally = collections.Counter()
    limit = asyncio.Semaphore(int(width))
    async with aiohttp.ClientSession() as session:
        pending = [fetch_and_save(session, limit, code) for code in codes]
        for done in tqdm.tqdm(asyncio.as_completed(pending), total=len(pending)):
            try:
                tally[await done] += 1
            except aiohttp.ClientError:
                tally["error"] += 1
    return tally


started = time.time()
print(dict(asyncio.run(fetch_all())))
print(f"Elapsed time: {time.time() - started:.3f}s")
