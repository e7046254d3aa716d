import { Agent, type AgentOptions } from "node:http";

/** Gives node:https. Loaded only when it is needed: with all of TLS it would be a good part of a short run. */
export function https(): typeof import("node:https") {
  return process.getBuiltinModule("node:https");
}

/** Makes an agent for http or https. */
export function newAgent(protocol: string, options: AgentOptions = {}): Agent {
  return protocol === "https:" ? new (https().Agent)(options) : new Agent(options);
}
