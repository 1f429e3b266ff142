import { HostProblem } from "../problem";
import { HOST } from "./command";
import type { Runner } from "./runner";

const TOOLS = ["ip", "nsenter", "unshare", "flock", "timeout", "stat", "ping"] as const;
const PACKAGES: Record<(typeof TOOLS)[number], string> = {
    ip: "iproute2",
    nsenter: "util-linux",
    unshare: "util-linux",
    flock: "util-linux",
    timeout: "coreutils",
    stat: "coreutils",
    ping: "iputils-ping",
};

const FIND_TOOLS = 'id -u; for t do command -v "$t" >/dev/null || echo "missing $t"; done; ip -V 2>&1';

/** Below this release `ip netns add` of several processes trip over each other. */
const OLDEST = [5, 10] as const;

/** Refuses, once and before anything else, a machine on which nothing could work. */
export async function probe(runner: Runner): Promise<void> {
    const argv = ["sh", "-c", FIND_TOOLS, "sh", ...TOOLS];
    const [reply] = await runner.run([
        { place: HOST, argv, input: [], mode: "always", mutating: false, describe: ["find ip"] },
    ]);
    const [uid, ...lines] = (reply?.stdout ?? "").trim().split("\n");
    const missing = TOOLS.filter((tool) => lines.includes(`missing ${tool}`));
    if (missing.length > 0) {
        const packages = [...new Set(missing.map((tool) => PACKAGES[tool]))].join(" ");
        throw new HostProblem(`this machine has no ${missing.join(", ")}: install Debian's ${packages} and run again`);
    }
    if (uid !== "0") {
        throw new HostProblem("no permission: networks are changed by root; run as root");
    }
    const version = /iproute2-(?:ss)?(\d+)(?:\.(\d+))?/.exec(lines.join("\n"));
    if (!version) {
        throw new HostProblem(`"ip" is not iproute2's (it says "${lines.at(-1)}"): install Debian's iproute2`);
    }
    const [major, minor] = [Number(version[1]), Number(version[2] ?? 0)];
    // Snapshots of the years before 2019 were numbered ss191125 and the like.
    const tooOld = major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]) || version[0].includes("ss");
    if (tooOld) throw new HostProblem(`"ip" is too old (${version[0]}): at least 5.10 is needed`);
}
