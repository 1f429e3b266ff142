import { LOCAL } from "../../model/place.js";
import type { Examined } from "../../provider/examine.js";
import { type Finding, missing, ok, warning } from "./finding.js";
import { droppingChains } from "./firewall.js";

/** The Debian packages of what is needed, and what is wrong with an `ip`: the provider's own words. */
export interface Needs {
    readonly packages: Readonly<Record<string, string>>;
    readonly further: Readonly<Record<string, string>>;
    readonly iproute2Problem: (said: string) => string | undefined;
}

/** By linuxnet's own setup on this machine; by the system's packages anywhere. */
function install(name: string, packages: readonly string[], bySetup: boolean): string {
    const line = `apt-get install ${[...new Set(packages)].join(" ")}`;
    if (name !== LOCAL) return `on ${name}: ${line}`;
    return bySetup ? `npx linuxnet setup, or ${line}` : line;
}

const SETUP = ["iproute2", "iputils-ping", "nftables"];

function tools({ name, facts }: Examined, { packages, further, iproute2Problem }: Needs): Finding[] {
    const isThere = (tool: string): boolean => facts.has(`tool.${tool}`);
    const lacking = Object.entries(packages).filter(([tool]) => !isThere(tool));
    const names = lacking.map(([, of]) => of);
    const bySetup = names.every((of) => SETUP.includes(of));
    const needed =
        lacking.length === 0
            ? ok("programs", Object.keys(packages).join(", "))
            : missing("programs", `no ${lacking.map(([tool]) => tool).join(", ")}`, install(name, names, bySetup));
    const version = facts.get("version.ip");
    const problem = version === undefined ? undefined : iproute2Problem(version);
    const isBlind = problem === undefined && !facts.has("json") ? '"ip" shows nothing as JSON (ip -j)' : problem;
    const iproute2 =
        version === undefined
            ? []
            : isBlind === undefined
              ? [ok("iproute2", version.replace(/^ip utility, iproute2-/, ""))]
              : [missing("iproute2", isBlind, install(name, ["iproute2"], true))];
    const uses: Readonly<Record<string, string>> = { nft: "to look at firewalls", tcpdump: "to capture packets" };
    const others = Object.entries(further).map(([tool, of]) =>
        isThere(tool)
            ? ok(tool, facts.get(`tool.${tool}`) ?? "")
            : warning(tool, `not there; only needed ${uses[tool]}`, install(name, [of], SETUP.includes(of))),
    );
    return [needed, ...iproute2, ...others];
}

/** Who we are there, and what he may. */
function rights({ name, facts }: Examined): Finding[] {
    const [uid, user = "somebody", users = "no"] = ["uid", "user", "users"].map((key) => facts.get(key));
    const sudo = `npx linuxnet config set --path linuxnet:hosts.${name}.sudo true`;
    const rootless = "npx linuxnet rootless npx linuxnet up";
    const apart =
        users === "yes"
            ? ok("user namespaces", "any user can have a network of his own (linuxnet rootless)")
            : warning(
                  "user namespaces",
                  users.replace(/^no: /, "not for every user: "),
                  "only needed without root: docs/hosts.md",
              );
    if (uid === "0") return [ok("permission", "root"), apart];
    if (name !== LOCAL) return [missing("permission", `reached as ${user}, who is not root`, sudo)];
    const found = `you are ${user}: the machine's own network is changed by root`;
    return users === "yes"
        ? [warning("permission", found, `${rootless}; or, where sudo asks no password, ${sudo}`), apart]
        : [missing("permission", found, `run as root; or, where sudo asks no password, ${sudo}`), apart];
}

const FEATURES: Readonly<Record<string, readonly [title: string, remedy: string, isNeeded: boolean]>> = {
    namespaces: ["network namespaces", "a kernel with CONFIG_NET_NS, or as root", true],
    veth: ["veth", "modprobe veth", true],
    bridge: ["bridge", "modprobe bridge", true],
    vxlan: ["vxlan", "modprobe vxlan", false],
    ipv6: ["IPv6", "boot without ipv6.disable=1", false],
};

/** What the kernel can: it was tried, in a namespace that is gone again. */
function features({ facts }: Examined): Finding[] {
    const said = (name: string): string | undefined => facts.get(`feature.${name}`);
    // Where there are no namespaces nothing else could be tried.
    const tried = said("namespaces") === "yes" ? Object.entries(FEATURES) : Object.entries(FEATURES).slice(0, 1);
    return tried.flatMap(([name, [title, remedy, isNeeded]]) => {
        const answer = said(name);
        if (answer === undefined) return [];
        if (answer === "yes") return [ok(title, "works")];
        const found = answer.replace(/^no: /, "");
        return [isNeeded ? missing(title, found, remedy) : warning(title, `${found}; some labs need it`, remedy)];
    });
}

/** Settings of the machine that change what happens to a lab's packets. */
function settings({ facts }: Examined): Finding[] {
    const value = (path: string): string | undefined => facts.get(`setting.${path}`);
    const isOn = (path: string): boolean => (value(path) ?? "0") !== "0";
    const forwarding = isOn("net/ipv4/ip_forward") ? "on" : "off; a ForwardingSetting turns it on, and off again";
    const filter = value("net/ipv4/conf/all/rp_filter");
    const bridged = ["iptables", "ip6tables"].filter((one) => isOn(`net/bridge/bridge-nf-call-${one}`));
    return [
        ...(value("net/ipv4/ip_forward") === undefined ? [] : [ok("forwarding", forwarding)]),
        ...(filter === "1"
            ? [
                  warning(
                      "rp_filter",
                      "strict: an answer that comes by another way than the question goes is dropped; new namespaces inherit it",
                      "sysctl -w net.ipv4.conf.all.rp_filter=2",
                  ),
              ]
            : [ok("rp_filter", filter === "2" ? "loose" : "off")]),
        ...(bridged.length === 0
            ? [ok("bridge-nf-call", "off: frames on bridges go past the firewall")]
            : [
                  warning(
                      "bridge-nf-call",
                      `what crosses a bridge of this host goes through ${bridged.join(" and ")}`,
                      bridged.map((one) => `sysctl -w net.bridge.bridge-nf-call-${one}=0`).join("; "),
                  ),
              ]),
    ];
}

function firewall({ facts }: Examined): Finding[] {
    const [nft, iptables] = [facts.get("nft"), facts.get("iptables")];
    if (nft === undefined && iptables === undefined) return [];
    const legacy = /^-P FORWARD (DROP|REJECT)/.test(iptables ?? "") ? ["iptables FORWARD"] : [];
    const chains = [...droppingChains(nft ?? ""), ...legacy];
    if (chains.length === 0) return [ok("firewall", "drops nothing of what the host forwards")];
    return [
        warning(
            "firewall",
            `drops what the host itself forwards and no rule lets through: ${chains.join(", ")} (as Docker sets it up)`,
            "let the lab's devices through (iptables -I FORWARD -i DEVICE -j ACCEPT, and with -o), or have a Namespace forward",
        ),
    ];
}

/** Where the records are, and what holds them. */
function folder({ facts }: Examined): Finding[] {
    const [readonly, free] = [facts.get("readonly"), Number(facts.get("free") || Number.NaN)];
    if (readonly !== undefined && facts.get("uid") === "0")
        return [missing("/run", `${readonly} cannot be written to`, `mount -o remount,rw ${readonly}`)];
    if (free < 1024) return [missing("/run", `only ${free} KiB free: records go there`, "df -h /run")];
    return [ok("/run", Number.isNaN(free) ? "there" : `${Math.floor(free / 1024)} MiB free`)];
}

/** What a machine lacks, or trips over. */
export function machineFindings(machine: Examined, needs: Needs): Finding[] {
    const { name, problem, facts } = machine;
    if (problem !== undefined) {
        const found = problem.replace(/\s*\n\s*/g, "; ");
        const check = name === LOCAL ? "permission" : "connection";
        return [missing(check, found, "docs/hosts.md tells how a host is reached")];
    }
    const kernel = facts.get("kernel") ?? "unknown";
    const isLinux = kernel.startsWith("Linux ");
    return [
        isLinux ? ok("kernel", kernel) : missing("kernel", kernel, "linuxnet needs Linux"),
        ...features(machine),
        ...tools(machine, needs),
        ...rights(machine),
        ...folder(machine),
        ...settings(machine),
        ...firewall(machine),
    ];
}
