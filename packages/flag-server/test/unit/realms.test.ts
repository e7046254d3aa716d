import { createServer } from "node:http";
import { runInNewContext } from "node:vm";

import { describe, expect, test } from "@jest/globals";

import { bindLoopback, listenError } from "../../src/binding.js";
import { errorCode, isRefusal, messageOf } from "../../src/failures.js";
import { startFlagServer } from "../../src/index.js";
import { ask } from "../support/http.js";

/** Evaluates an expression in a realm of its own, with classes of its own. */
function elsewhere(expression: string): unknown {
  return runInNewContext(expression);
}

function systemError(code: string): unknown {
  return elsewhere(`Object.assign(new Error("listen ${code}"), { code: "${code}" })`);
}

describe("values of another realm", () => {
  test("errors keep their code and their message", () => {
    const error = systemError("EADDRNOTAVAIL");
    expect(error instanceof Error).toBe(false);
    expect([errorCode(error), messageOf(error)]).toEqual(["EADDRNOTAVAIL", "listen EADDRNOTAVAIL"]);
    expect(isRefusal(elsewhere("new RangeError()"))).toBe(true);
    expect([errorCode(undefined), errorCode("EACCES"), messageOf(null)]).toEqual(["", "", "null"]);
    expect(listenError("LOCAL", 80, "::1", systemError("EACCES"))).toMatchObject({
      code: "EACCES",
      message: "LOCAL cannot listen: port 80 is not allowed; choose one from 1024 up",
    });
  });

  test.each(["EADDRNOTAVAIL", "EAFNOSUPPORT"])(
    "a machine without IPv6 (%s) is served on 127.0.0.1 alone",
    async (code) => {
      let made = 0;
      const create = () => {
        const server = createServer();
        made += 1;
        if (made === 1) return server;
        server.listen = () => {
          queueMicrotask(() => server.emit("error", systemError(code)));
          return server;
        };
        return server;
      };
      const { servers, port } = await bindLoopback(create, 0);
      expect([servers.length, port > 0]).toEqual([1, true]);
      for (const server of servers) server.close();
    },
  );

  test("bytes are files like others", async () => {
    const bytes = elsewhere("new Uint8Array([1, 2, 3])") as Uint8Array;
    expect(bytes instanceof Uint8Array).toBe(false);
    await using server = await startFlagServer({
      port: 0,
      listeners: ["LOCAL"],
      files: { "/a": bytes, "/b": { body: bytes } },
    });
    for (const path of ["/a", "/b"]) {
      expect((await ask(server.origins.LOCAL + path)).body).toEqual(Buffer.from([1, 2, 3]));
    }
  });

  test("rules and options from there are taken", async () => {
    const rules = elsewhere(
      '[{ match: { attempt: [1] }, fault: { kind: "status", status: 503 } }]',
    );
    await using server = await startFlagServer({
      port: 0,
      listeners: ["LOCAL"],
      rules: rules as never,
    });
    expect((await ask(`${server.urls.LOCAL}/us/us.gif`)).status).toBe(503);
  });
});
