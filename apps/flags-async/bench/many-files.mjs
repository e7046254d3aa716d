// Times the download programs beside node:http by itself, curl and aria2 (where those are there) on one list of many small
// files, in interleaved rounds, and says how much CPU time and memory each took.
//
//   node bench/many-files.mjs [files] [width] [rounds] [folder]     (defaults: 10000 30 5, the folder for temporary files)
//
// "node:http" writes a temporary file that then takes the name, as our programs do; "in place" writes under the name at once,
// and so leaves half a file when it is stopped. Every program gets a fresh folder, and all of them are removed at the end:
// ext4 looks long for a free place where many files have just been removed. The server is `small-files-server.mjs`, a
// process of its own that takes as little of the machine as it can. Where others use the machine too, the CPU times say more
// than the others.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { arch, availableParallelism, cpus, loadavg, platform, release, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const BODY_BYTES = 1000;
const [files = "10000", width = "30", rounds = "5", place = tmpdir()] = process.argv.slice(2);
const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** The CPU time of all programs that have ended, in seconds (Linux only, where a tick is mostly 10 ms). */
async function cpuOfChildren() {
  const stat = await readFile("/proc/self/stat", "utf8").catch(() => "");
  const [user, system] = stat.slice(stat.lastIndexOf(")")).split(" ").slice(14, 16).map(Number);
  return (user + system) / 100;
}

/** Starts a program; says how long it took and its CPU time, in seconds, and the most memory it had, in MB (Linux only). */
async function time([command, ...args], folder) {
  const cpuBefore = await cpuOfChildren();
  const start = performance.now();
  const child = spawn(command, args, { cwd: folder, stdio: "ignore" });
  let peakMb = NaN;
  const look = async () => {
    const status = await readFile(`/proc/${child.pid}/status`, "utf8").catch(() => "");
    const [, kib] = /^VmHWM:\s+(\d+) kB/m.exec(status) ?? [];
    if (kib !== undefined) peakMb = Number(kib) / 1024;
  };
  const timer = setInterval(look, 100);
  const [code] = await once(child, "close");
  const seconds = (performance.now() - start) / 1000;
  clearInterval(timer);
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${code}`);
  return { seconds, cpu: (await cpuOfChildren()) - cpuBefore, peakMb };
}

const median = (numbers) => numbers.toSorted((one, other) => one - other)[numbers.length >> 1];

/** Gives the first line that a program says about itself; undefined where it is not there. */
async function versionOf(command) {
  const child = spawn(command, ["--version"], { stdio: ["ignore", "pipe", "ignore"] });
  let text = "";
  child.stdout.on("data", (chunk) => (text += chunk));
  const code = await once(child, "close").then(
    ([code]) => code,
    () => undefined,
  );
  return code === 0 ? text.split("\n", 1)[0] : undefined;
}

const folder = await mkdtemp(join(place, "many-files-"));
const server = spawn(process.execPath, [here("small-files-server.mjs"), String(BODY_BYTES)], {
  stdio: ["pipe", "pipe", "inherit"],
});
try {
  const port = String(await once(server.stdout, "data")).trim();
  const urls = Array.from({ length: Number(files) }, (_, index) => {
    return `http://127.0.0.1:${port}/files/file-${index + 1}.bin`;
  });
  await writeFile(join(folder, "urls.txt"), `${urls.join("\n")}\n`);
  const curlConfig = urls.map((url) => `url = "${url}"\nremote-name\n`).join("");
  await writeFile(join(folder, "curl.txt"), curlConfig);

  const node = process.execPath;
  const ours = ["--urls", "urls.txt", "-m", width, "--out"];
  const curl = await versionOf("curl");
  const aria2c = await versionOf("aria2c");
  const contenders = {
    "node:http": (out) => [node, here("plain-http.mjs"), "urls.txt", width, out, "rename"],
    "flags-async": (out) => [node, here("../dist/main.js"), ...ours, out],
    "flags-threaded": (out) => [node, here("../../flags-threaded/dist/main.js"), ...ours, out],
    "node:http, in place": (out) => [node, here("plain-http.mjs"), "urls.txt", width, out, "write"],
    ...(curl !== undefined && {
      curl: (out) => {
        const limits = ["--parallel", "--parallel-max", width, "--create-dirs"];
        return ["curl", "-sS", ...limits, "--output-dir", out, "--config", "curl.txt"];
      },
    }),
    ...(aria2c !== undefined && {
      aria2c: (out) => ["aria2c", "-q", "-j", width, "-d", out, "-i", "urls.txt"],
    }),
  };

  console.log(
    `${cpus()[0]?.model}, ${availableParallelism()} cores, ${platform()} ${release()} ${arch()}, Node ${process.version}`,
  );
  console.log(`${curl ?? "no curl"}; ${aria2c ?? "no aria2c"}`);
  console.log(
    `${files} files of ${BODY_BYTES} bytes, ${width} wide, ${rounds} rounds, in ${place}`,
  );
  console.log(
    `load average ${loadavg()
      .map((load) => load.toFixed(2))
      .join(" ")} before`,
  );
  const results = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
  for (let round = 0; round < Number(rounds); round += 1) {
    for (const [index, [name, commandFor]] of Object.entries(contenders).entries()) {
      const out = join(folder, `${round}-${index}`);
      results[name].push(await time(commandFor(out), folder));
      // Our programs also write down where the files came from.
      const saved = (await readdir(out)).filter((fileName) => !fileName.startsWith(".")).length;
      if (saved !== Number(files)) throw new Error(`${name} saved ${saved} files`);
    }
  }
  console.log(
    `load average ${loadavg()
      .map((load) => load.toFixed(2))
      .join(" ")} after`,
  );
  const medianOf = (name, what) => median(results[name].map((result) => result[what]));
  for (const name of Object.keys(contenders)) {
    const [seconds, cpu] = ["seconds", "cpu"].map((what) => medianOf(name, what));
    const [times, cpuTimes] = ["seconds", "cpu"].map(
      (what) => medianOf(name, what) / medianOf("node:http", what),
    );
    const least = Math.min(...results[name].map((result) => result.seconds));
    const peakMb = Math.max(...results[name].map((result) => result.peakMb));
    console.log(
      `${name.padEnd(20)} median ${seconds.toFixed(2)} s (${times.toFixed(2)} x node:http), least ${least.toFixed(2)} s; ` +
        `CPU ${cpu.toFixed(2)} s (${cpuTimes.toFixed(2)} x); at most ${peakMb.toFixed(0)} MB`,
    );
  }
} finally {
  server.stdin.end();
  await rm(folder, { recursive: true, force: true });
}
