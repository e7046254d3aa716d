import { describe, expect, test } from "@jest/globals";
import { judgeRedirect } from "../../../src/fetch/redirect.js";

const from = new URL("http://flags.test/flags/us/us.gif");

function judge(location: unknown, start = from, allowed: string[] = []): string | undefined {
  const redirect = judgeRedirect(start, 302, location, allowed);
  if (redirect === undefined) return undefined;
  return "refused" in redirect ? redirect.refused : redirect.target.href;
}

describe("judgeRedirect", () => {
  test.each([301, 302, 303, 307, 308])("status %d with a Location is a redirect", (status) => {
    expect(judgeRedirect(from, status, "/x.gif", [])).toEqual({
      target: new URL("http://flags.test/x.gif"),
    });
  });

  test.each([200, 204, 300, 304, 305, 404, 503])("status %d is none", (status) => {
    expect(judgeRedirect(from, status, "/x.gif", [])).toBeUndefined();
  });

  test("without a Location there is nothing to follow", () => {
    expect(judge(undefined)).toBeUndefined();
  });

  test.each([
    ["/x.gif", "http://flags.test/x.gif"],
    ["x.gif", "http://flags.test/flags/us/x.gif"],
    ["https://flags.test/x.gif", "https://flags.test/x.gif"],
    ["//flags.test/x.gif", "http://flags.test/x.gif"],
    ["http://user:secret@flags.test/x.gif", "http://flags.test/x.gif"],
  ])("%s on the same host leads to %s", (location, target) => {
    expect(judge(location)).toBe(target);
  });

  test.each([
    ["http://evil.test/x.gif", "redirect to another host refused (evil.test)"],
    ["//evil.test/x.gif", "redirect to another host refused (evil.test)"],
    ["http://flags.test:22/x.gif", "redirect to another host refused (flags.test:22)"],
    ["http://flags.test.evil.test/", "redirect to another host refused (flags.test.evil.test)"],
    ["http://flags.test@evil.test/", "redirect to another host refused (evil.test)"],
    ["file:///etc/passwd", "redirect to file: refused"],
    ["data:image/gif;base64,R0lG", "redirect to data: refused"],
    ["http://[", "redirect to an invalid address"],
  ])("%s: %s", (location, reason) => {
    expect(judge(location)).toBe(reason);
  });

  test("never goes back from https to http", () => {
    expect(judge("http://flags.test/x.gif", new URL("https://flags.test/"))).toBe(
      "redirect from https to http refused",
    );
  });

  test("another host is visited when it is allowed", () => {
    expect(judge("https://www.flags.test/x", from, ["www.flags.test"])).toBe(
      "https://www.flags.test/x",
    );
    expect(judge("https://www.flags.test:1/x", from, ["www.flags.test"])).toBe(
      "redirect to another host refused (www.flags.test:1)",
    );
  });
});
