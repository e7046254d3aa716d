import { describe, expect, test } from "@jest/globals";
import { maskedText, maskedUrl } from "../../../src/shared/mask-secrets.js";

describe("maskedUrl", () => {
  test.each([
    ["http://me:pw@host/a@b", "http://me:***@host/a@b"],
    ["http://token@host/", "http://***@host/"],
    ["http://host/?next=http://me:pw@h", "http://host/?next=http://***@h"],
    ["http://host/?next=//me:p@w@h/a@b", "http://host/?next=//***@h/a@b"],
    [
      "http://host/?next=http%3A%2F%2Fme%3Apw%40h%2Fa",
      "http://host/?next=http%3A%2F%2F***%40h%2Fa",
    ],
    [
      "http://host/?n=http%253a%252f%252fme%253apw%2540h",
      "http://host/?n=http%253a%252f%252f***%2540h",
    ],
    ["http://host/http://me:pw@h/#ftp://me:pw@h", "http://host/http://***@h/#ftp://***@h"],
    ["http://me:pw@host/?next=http://me:pw@h", "http://me:***@host/?next=http://***@h"],
  ])("of %s is %s", (address, masked) => {
    expect(maskedUrl(address)).toBe(masked);
    expect(maskedUrl(masked)).toBe(masked);
    expect(maskedText(`no: ${address}`)).not.toMatch(/pw|token/);
  });

  test.each([
    "http://host/@scope/package",
    "http://host/?mail=me@h",
    "http://host/?next=http://h/?mail=me@h",
    "http://host:80/a//b@2x.png",
  ])("leaves %s as it is", (address) => {
    expect(maskedUrl(address)).toBe(address);
  });
});
