"""The cipher of the book in plain Python."""


def arcfour(key, data, loops=20):
    state = bytearray(range(256))
    y = 0
    for _ in range(loops):
        for x in range(256):
            y = (y + state[x] + key[x % len(key)]) % 256
            state[x], state[y] = state[y], state[x]
    result = bytearray()
    x = y = 0
    for byte in data:
        x = (x + 1) % 256
        y = (y + state[x]) % 256
        state[x], state[y] = state[y], state[x]
        result.append(byte ^ state[(state[x] + state[y]) % 256])
    return result
