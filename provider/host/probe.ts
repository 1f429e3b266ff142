import { LOCAL, type Place } from "../../model/place";
import { HostProblem } from "../problem";
import { ending, type Reply, type Step } from "./step";

export const TOOLS = [
    "ip",
    "bridge",
    "nsenter",
    "unshare",
    "mount",
    "flock",
    "timeout",
    "stat",
    "find",
    "ping",
] as const;
export const PACKAGES: Record<(typeof TOOLS)[number], string> = {
    ip: "iproute2",
    bridge: "iproute2",
    nsenter: "util-linux",
    unshare: "util-linux",
    mount: "mount",
    flock: "util-linux",
    timeout: "coreutils",
    stat: "coreutils",
    find: "findutils",
    ping: "iputils-ping",
};

const FIND_TOOLS = 'id -u; id -un; for t do command -v "$t" >/dev/null || echo "missing $t"; done; ip -V 2>&1';

/** Below 5.10 `ip netns add` of several processes trip over each other. Debian 11's 5.10 says that it is 5.9. */
const OLDEST = [5, 9] as const;

interface Probed {
    /** For people: `this machine`, `host left`. */
    readonly title: string;
    readonly name: string;
    readonly place: Place;
}

function noPermission({ title, name }: Probed, user: string): string {
    const line = `pulumi config set --path linuxnet:hosts.${name}.sudo true`;
    if (name === LOCAL) return `no permission: networks are changed by root; run as root, or let it use sudo: ${line}`;
    return `no permission: ${title} is reached as ${user}; connect as root, or let it use sudo: ${line}`;
}

/** What is wrong with the iproute2 that says so by `ip -V`; undefined if nothing is. */
export function iproute2Problem(said: string, on = ""): string | undefined {
    const version = /iproute2-(?:ss)?(\d+)(?:\.(\d+))?/.exec(said);
    if (!version) return `"ip"${on} is not iproute2's (ip -V says "${said}"): install Debian's iproute2`;
    const [major, minor] = [Number(version[1]), Number(version[2] ?? 0)];
    // Snapshots of the years before 2019 were numbered ss191125 and the like.
    const tooOld = major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]) || version[0].includes("ss");
    return tooOld ? `"ip"${on} is too old (${version[0]}): at least 5.10 is needed` : undefined;
}

/** Refuses, once and before anything else, a machine on which nothing could work. */
export async function probe(run: (steps: readonly Step[]) => Promise<Reply[]>, probed: Probed): Promise<void> {
    const argv = ["sh", "-c", FIND_TOOLS, "sh", ...TOOLS];
    const step = {
        place: probed.place,
        argv,
        input: [],
        mode: "always",
        mutating: false,
        describe: ["find ip"],
    } as const;
    const [reply] = await run([step]);
    const [uid, user = "", ...lines] = (reply?.stdout ?? "").trim().split("\n");
    if (!/^\d+$/.test(uid ?? "")) {
        const said = reply && ending(reply);
        throw new HostProblem(`no answer on ${probed.title} to: sh looking for ${TOOLS.join(", ")}\n${said}`);
    }
    const missing = TOOLS.filter((tool) => lines.includes(`missing ${tool}`));
    const where = probed.name === LOCAL ? "" : " there";
    if (missing.length > 0) {
        const packages = [...new Set(missing.map((tool) => PACKAGES[tool]))].join(" ");
        const words = `${probed.title} has no ${missing.join(", ")}`;
        throw new HostProblem(`${words}: install Debian's ${packages}${where} and run again`);
    }
    if (uid !== "0") throw new HostProblem(noPermission(probed, user));
    const [said] = lines.filter((line) => !line.startsWith("missing ")).slice(-1);
    if (said === undefined) {
        throw new HostProblem(`no answer on ${probed.title} to: ip -V\n${reply && ending(reply)}`);
    }
    const problem = iproute2Problem(said, probed.name === LOCAL ? "" : ` on ${probed.title}`);
    if (problem !== undefined) throw new HostProblem(problem);
}
