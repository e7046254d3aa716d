/** The flags of Node's permission model, by what an error of it calls them. */
const FLAGS: Readonly<Record<string, string>> = {
  ChildProcess: "--allow-child-process",
  FileSystemRead: "--allow-fs-read",
  FileSystemWrite: "--allow-fs-write",
  Net: "--allow-net",
  WorkerThreads: "--allow-worker",
};

/**
 * Which flag is missing where Node's permission model has refused something, such as `--allow-fs-read=/srv/tasks.js`; undefined for
 * any other error.
 */
export function missingPermission(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  if (!("code" in error && error.code === "ERR_ACCESS_DENIED")) return undefined;
  const flag = "permission" in error ? FLAGS[String(error.permission)] : undefined;
  if (!flag?.includes("-fs-")) return flag;
  const resource = "resource" in error && typeof error.resource === "string" ? error.resource : "";
  return `${flag}=${resource === "" ? "…" : resource}`;
}

/** The same for an error that a process has printed as it died; with what Node's own error has. */
export function printedRefusal(text: string): object | undefined {
  if (!text.includes("ERR_ACCESS_DENIED")) return undefined;
  const [, permission] = /permission: '(\w+)'/.exec(text) ?? [];
  const [, resource] = /resource: '([^'\n]*)'/.exec(text) ?? [];
  return { code: "ERR_ACCESS_DENIED", permission, resource };
}
