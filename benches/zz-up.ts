import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { spawnSync } from "node:child_process";
import { findEngine } from "../toolchain/engine.mjs";
import { engineEnvironment } from "../toolchain/engine-environment.mjs";
import * as T from "./topologies";
async function main() {
  const topology = ((w: string) => { const [, f, a] = /(\w+)\((.*)\)/.exec(w)!; return (T as any)[f!](...a!.split(",").map(Number)); })(process.env.TOPO ?? "linear(50)") as T.Topology;
  const folder = await mkdtemp(join(__dirname, "..", ".work", "zz-"));
  await cp(join(__dirname, "program"), folder, { recursive: true });
  await mkdir(join(folder, ".state"));
  await writeFile(join(folder, "topology.json"), JSON.stringify({ isReal: process.env.NOTHING === undefined, declarations: topology.waves.flat() }));
  const env = { ...process.env, ...engineEnvironment(findEngine()!) };
  const go = (argv: string[], more = {}) => {
    const t = performance.now();
    const r = spawnSync(argv[0]!, argv.slice(1), { cwd: folder, env: { ...env, ...more }, encoding: "utf8" });
    console.log(((performance.now() - t) / 1000).toFixed(2), argv.slice(-3).join(" "), r.status, process.env.SHOW ? r.stdout + r.stderr : r.status ? r.stderr + r.stdout : "");
  };
  go(["pulumi", "stack", "init", "bench"]);
  const main = join(__dirname, "..", "dist", "cli", "main.js");
  const lx = [process.execPath, ...(process.env.PRE ? ["-r", process.env.PRE] : []), main];
  for (let i = 0; i < Number(process.env.N ?? 1); i++) {
    const wrap = i === Number(process.env.N ?? 1) - 1 ? (process.env.WRAP ?? "").split(" ").filter(Boolean) : [];
    const prof = wrap.length ? wrap : [];
    const nodeArgs = i === Number(process.env.N ?? 1) - 1 && process.env.CPUPROF ? [process.execPath, "--cpu-prof", "--cpu-prof-dir=/tmp/prof", main] : lx;
    for (const verb of (process.env.VERBS ?? "up destroy").split(" ")) go([...(process.env.PROFVERB === undefined || process.env.PROFVERB === verb ? prof : []), ...(process.env.PROFVERB === undefined || process.env.PROFVERB === verb ? nodeArgs : lx), verb, "--yes"]);
  }
  await rm(folder, { recursive: true });
}
main();
