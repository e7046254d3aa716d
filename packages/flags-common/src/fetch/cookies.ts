/** The cookies that one origin sets on the way to a file: some sites send visitors in a circle until they come back. */
export class Cookies {
  readonly #values = new Map<string, string>();
  #origin = "";

  /** Takes what an answer sets; those of another origin before are forgotten. */
  take({ origin }: URL, setCookie: unknown): void {
    if (origin !== this.#origin) this.#values.clear();
    this.#origin = origin;
    for (const cookie of Array.isArray(setCookie) ? setCookie : []) {
      const [, name, value] = /^\s*([^=;\s]+)\s*=([^;]*)/.exec(String(cookie)) ?? [];
      if (name === undefined || value === undefined) continue;
      if (/;\s*max-age=(0|-\d+)\s*(;|$)/i.test(String(cookie))) this.#values.delete(name);
      else this.#values.set(name, value.trim());
    }
  }

  /** What goes back to an address; nothing to another origin. */
  headerFor({ origin }: URL): Record<string, string> {
    if (origin !== this.#origin || this.#values.size === 0) return {};
    return { Cookie: [...this.#values].map(([name, value]) => `${name}=${value}`).join("; ") };
  }
}
