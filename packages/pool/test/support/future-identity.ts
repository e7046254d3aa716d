import { expect } from "@jest/globals";
import { Future } from "../../src/index.js";

// All that a future knows is private, so to Jest any two of them look the same. Here each equals itself alone.
expect.addEqualityTesters([
  (one: unknown, other: unknown) =>
    one instanceof Future && other instanceof Future ? one === other : undefined,
]);
