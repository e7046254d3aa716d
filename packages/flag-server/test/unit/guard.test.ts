import { IncomingMessage } from "node:http";
import { Socket } from "node:net";

import { describe, expect, test } from "@jest/globals";

import { refusalOf } from "../../src/control/guard.js";

function isRefused(headers: { host?: string; origin?: string }, port: number): boolean {
  const request = new IncomingMessage(new Socket());
  request.headers = headers;
  return refusalOf(request, port) !== undefined;
}

describe("the guard of the control listener", () => {
  test.each(["localhost", "127.0.0.1", "[::1]", "LOCALHOST", "localhost:", "localhost:80"])(
    "on port 80 the port may be left out, as clients do: %s",
    (host) => {
      expect(isRefused({ host }, 80)).toBe(false);
      expect(isRefused({ host, origin: "http://localhost" }, 80)).toBe(
        !host.toLowerCase().startsWith("localhost"),
      );
    },
  );

  test.each(["localhost", "localhost:80", "[::1]"])("on another port it may not: %s", (host) => {
    expect(isRefused({ host }, 8004)).toBe(true);
  });

  test("other names and other origins stay out, on port 80 as elsewhere", () => {
    for (const host of [
      "evil.example",
      "evil.example:80",
      "localhost:8080",
      "127.0.0.1.evil",
      "",
    ]) {
      expect([host, isRefused({ host }, 80)]).toEqual([host, true]);
    }
    const host = "localhost";
    for (const origin of [
      "http://evil.example",
      "null",
      "https://localhost",
      "http://localhost:81",
    ]) {
      expect([origin, isRefused({ host, origin }, 80)]).toEqual([origin, true]);
    }
    expect(isRefused({ host, origin: "http://localhost:80" }, 80)).toBe(false);
  });
});
