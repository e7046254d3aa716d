"use strict";

const { TestEnvironment } = require("jest-environment-node");

const SHARED_CLASSES = [
  "Object Array Map Set Date RegExp Promise SharedArrayBuffer ArrayBuffer",
  "Error AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError",
]
  .join(" ")
  .split(" ");

/**
 * Jest runs tests in a realm of their own, so an Error made by Node itself (a rejected fs promise, a message
 * from a worker) is not an instance of the Error that the test sees. Here each built-in class also recognises
 * the instances of its twin outside, as they would be the same class in a plain program.
 */
class OneRealmEnvironment extends TestEnvironment {
  async setup() {
    await super.setup();
    for (const name of SHARED_CLASSES) {
      const inner = this.global[name];
      const outer = globalThis[name];
      if (inner === undefined || outer === undefined || inner === outer) continue;
      const ordinary = Function.prototype[Symbol.hasInstance];
      Object.defineProperty(inner, Symbol.hasInstance, {
        configurable: true,
        value(candidate) {
          return (
            ordinary.call(this, candidate) || (this === inner && ordinary.call(outer, candidate))
          );
        },
      });
    }
  }
}

module.exports = OneRealmEnvironment;
