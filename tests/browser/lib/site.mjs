// A demo site of its own for one file of tests: starts the program on a fresh folder and a free port, and stops it by its id.

import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "../../..");
/** Where screenshots and the sites' logs are kept. */
export const shots = join(here, "../shots");

/** The demo people by key. */
export const people = Object.fromEntries(
  JSON.parse(await readFile(join(root, "crates/yiwang/demo/people.json"), "utf8")).people.map((it) => [it.key, it]),
);

// Loading the demo in a build without optimisation takes a while on a small machine.
const START_MS = 180_000;
const STOP_MS = 30_000;

async function freePort() {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

function withoutSettings() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("YIWANG_")));
}

// The engine lets others write beside the program; the test waits as long for it as the program would.
const AGE = `
import sqlite3, sys
with sqlite3.connect(sys.argv[1], timeout=10) as site:
    site.execute("UPDATE sessions SET proved_at = proved_at - ?", (int(sys.argv[2]) * 60_000_000,))
`;

/**
 * Starts a demo site; its `address` has no slash at its end. `kill` ends it as a power cut does, `start` starts it again on the same data.
 * `DEMO` names the folder of a demo that was loaded and is not running: copied, it need not be loaded for each file.
 * @param {string} name of the log file beside the screenshots
 * @param {{settings?: string, host?: string}} more the text of its yiwang.toml, if it has one; `host`: browsers give passkeys only to a
 *   site with a name
 */
export async function startSite(name, { settings, host = "127.0.0.1" } = {}) {
  const program = process.env.YIWANG_BIN ?? join(root, "target/debug/yiwang");
  const folder = await mkdtemp(join(tmpdir(), "yiwang-browser-"));
  if (process.env.DEMO) await cp(process.env.DEMO, folder, { recursive: true });
  if (settings) await writeFile(join(folder, "yiwang.toml"), settings);
  await mkdir(shots, { recursive: true });
  const port = await freePort();
  const listen = `127.0.0.1:${port}`;
  const address = `http://${host}:${port}`;
  const args = ["demo", "--data", folder, "--listen", listen, "--address", address];
  let ahead = [];
  const log = createWriteStream(join(shots, `${name}.log`));
  let child, ended;
  // If the tests themselves fall over, the site falls with them.
  const fall = () => child.kill("SIGKILL");
  process.once("exit", fall);

  const quit = async () => {
    child.kill("SIGTERM");
    const cut = new AbortController();
    const late = sleep(STOP_MS, ["late"], { signal: cut.signal }).catch(() => []);
    const [code] = await Promise.race([ended, late]);
    cut.abort();
    if (code !== 0) throw new Error(`the site did not stop in order: ${code}; see ${log.path}`);
  };
  const stop = async () => {
    try {
      await quit();
    } finally {
      process.removeListener("exit", fall);
      fall();
      log.end();
      await rm(folder, { recursive: true, force: true });
    }
  };

  const start = async () => {
    child = spawn(program, [...args, ...ahead], { env: withoutSettings(), stdio: ["ignore", "pipe", "pipe"] });
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    ended = once(child, "exit");
    for (const until = Date.now() + START_MS; ; ) {
      if (child.exitCode !== null) throw new Error(`the site ended while starting (${child.exitCode}); see ${log.path}`);
      const well = await fetch(`${address}/health`).then((it) => it.ok, () => false);
      if (well) break;
      if (Date.now() > until) {
        await stop().catch(() => {});
        throw new Error(`the site did not start; see ${log.path}`);
      }
      await sleep(100);
    }
  };
  await start();
  /** Starts it again so many days later. */
  const later = async (days) => {
    await quit();
    ahead = ["--days-ahead", String(days)];
    await start();
  };
  /** The power goes: nothing is put in order. */
  const kill = async () => {
    child.kill("SIGKILL");
    await ended;
  };
  /** Lets everybody's last proof of who one is be older by so many minutes, which the test need not wait for. */
  const growOld = (minutes) => promisify(execFile)("python3", ["-c", AGE, join(folder, "yiwang.db"), String(minutes)]);
  return { address, growOld, kill, later, start, stop };
}
