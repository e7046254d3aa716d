import { startFlagServer } from "../../src/index.js";

/** Finds three neighbouring ports that are free now and gives the first. */
export async function freePorts(): Promise<number> {
  for (;;) {
    // Below the ports that systems give to outgoing connections, which other tests open all the time.
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    try {
      await using server = await startFlagServer({ port });
      return server.ports.LOCAL;
    } catch {
      // Taken: try others.
    }
  }
}
