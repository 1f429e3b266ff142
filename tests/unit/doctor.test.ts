import assert from "node:assert/strict";
import type { Finding } from "../../cli/doctor/finding";
import { droppingChains } from "../../cli/doctor/firewall";
import { machineFindings } from "../../cli/doctor/machine";
import { FURTHER_TOOLS } from "../../provider/host/examination";
import { iproute2Problem, PACKAGES, TOOLS } from "../../provider/host/probe";

const needs = { packages: PACKAGES, further: FURTHER_TOOLS, iproute2Problem };
const tools = [...TOOLS, ...Object.keys(FURTHER_TOOLS)].map((tool) => [`tool.${tool}`, `/usr/bin/${tool}`] as const);

/** A machine on which all is well. */
const well: Readonly<Record<string, string>> = {
    uid: "0",
    user: "root",
    users: "yes",
    kernel: "Linux 6.1.0",
    "version.ip": "ip utility, iproute2-6.1.0, libbpf 1.1.2",
    json: "yes",
    free: "100000",
    ...Object.fromEntries(["namespaces", "veth", "bridge", "vxlan", "ipv6"].map((name) => [`feature.${name}`, "yes"])),
    "setting.net/ipv4/ip_forward": "0",
    "setting.net/ipv4/conf/all/rp_filter": "2",
    nft: '{"nftables": []}',
    ...Object.fromEntries(tools),
};

function findings(changes: Readonly<Record<string, string | undefined>>, name = "local"): Finding[] {
    const facts = Object.entries({ ...well, ...changes }).filter(
        (fact): fact is [string, string] => fact[1] !== undefined,
    );
    return machineFindings({ name, facts: new Map(facts) }, needs);
}

const chain = (name: string, hook: string, policy: string) => ({
    chain: { family: "ip", table: "filter", name, hook, policy, type: "filter" },
});
const rule = (name: string, ...expr: object[]) => ({ rule: { family: "ip", table: "filter", chain: name, expr } });
const ruleset = (...nftables: object[]): string => JSON.stringify({ nftables });

describe("linuxnet doctor", () => {
    it("finds nothing wrong where all is well", () => {
        assert.deepEqual(
            findings({}).filter(({ status }) => status !== "ok"),
            [],
        );
        assert.ok(findings({}).length >= 14);
    });

    const cases: readonly (readonly [
        what: string,
        changes: Readonly<Record<string, string | undefined>>,
        expected: readonly (readonly [check: string, status: Finding["status"], found: RegExp, remedy: RegExp])[],
    ])[] = [
        [
            "no ip",
            { "tool.ip": undefined, "tool.bridge": undefined, "version.ip": undefined, json: undefined },
            [["programs", "missing", /^no ip, bridge$/, /^npx linuxnet setup, or apt-get install iproute2$/]],
        ],
        [
            "what setup does not install",
            { "tool.flock": undefined },
            [["programs", "missing", /^no flock$/, /^apt-get install util-linux$/]],
        ],
        [
            "an ip of before 5.10",
            { "version.ip": "ip utility, iproute2-5.8.0" },
            [["iproute2", "missing", /too old/, /setup/]],
        ],
        ["BusyBox's ip", { "version.ip": "BusyBox v1.35" }, [["iproute2", "missing", /not iproute2's/, /setup/]]],
        ["an ip without JSON", { json: undefined }, [["iproute2", "missing", /JSON/, /setup/]]],
        [
            "no tcpdump: only captures need it",
            { "tool.tcpdump": undefined },
            [["tcpdump", "warning", /to capture packets/, /^apt-get install tcpdump$/]],
        ],
        [
            "a user who may have user namespaces",
            { uid: "1000", user: "alice" },
            [["permission", "warning", /you are alice/, /linuxnet rootless/]],
        ],
        [
            "a user who may not",
            { uid: "1000", user: "alice", users: "no: unshare failed: Operation not permitted" },
            [
                ["permission", "missing", /you are alice/, /hosts\.local\.sudo true/],
                ["user namespaces", "warning", /not for every user: unshare failed/, /docs\/hosts/],
            ],
        ],
        [
            "a kernel without bridges",
            { "feature.bridge": "no: Error: Unknown device type." },
            [["bridge", "missing", /^Error: Unknown device type\.$/, /^modprobe bridge$/]],
        ],
        [
            "a kernel without VXLAN: not all labs need it",
            { "feature.vxlan": "no: Error: Unknown device type." },
            [["vxlan", "warning", /some labs need it/, /^modprobe vxlan$/]],
        ],
        [
            "no namespaces, and nothing that would have to be tried in one",
            { "feature.namespaces": "no: unshare failed", "feature.veth": "no: unshare failed" },
            [["network namespaces", "missing", /^unshare failed$/, /CONFIG_NET_NS/]],
        ],
        [
            "a strict rp_filter",
            { "setting.net/ipv4/conf/all/rp_filter": "1" },
            [["rp_filter", "warning", /strict/, /rp_filter=2$/]],
        ],
        [
            "bridges whose frames go through a firewall",
            { "setting.net/bridge/bridge-nf-call-iptables": "1", "setting.net/bridge/bridge-nf-call-ip6tables": "0" },
            [["bridge-nf-call", "warning", /through iptables$/, /^sysctl -w net\.bridge\.bridge-nf-call-iptables=0$/]],
        ],
        [
            "Docker's policy",
            { nft: ruleset(chain("FORWARD", "forward", "drop")) },
            [["firewall", "warning", /ip filter FORWARD/, /iptables -I FORWARD/]],
        ],
        [
            "the same by iptables-legacy",
            { iptables: "-P FORWARD DROP" },
            [["firewall", "warning", /iptables FORWARD/, /iptables -I FORWARD/]],
        ],
        ["a full /run", { free: "12" }, [["/run", "missing", /12 KiB/, /df/]]],
        ["a /run that is read-only", { readonly: "/run" }, [["/run", "missing", /cannot be written/, /remount/]]],
        ["another kernel", { kernel: "FreeBSD 14.0" }, [["kernel", "missing", /FreeBSD/, /Linux/]]],
    ];
    for (const [what, changes, expected] of cases) {
        it(`tells of ${what}`, () => {
            const told = findings(changes).filter(({ status }) => status !== "ok");
            assert.deepEqual(
                told.map(({ check, status }) => [check, status]),
                expected.map(([check, status]) => [check, status]),
            );
            for (const [index, [, , found, remedy]] of expected.entries()) {
                assert.match(told[index]?.found ?? "", found);
                assert.match(told[index]?.remedy ?? "", remedy);
            }
        });
    }

    it("sends to the other machine for what that lacks", () => {
        const [told] = findings({ "tool.ping": undefined }, "left").filter(({ status }) => status === "missing");
        assert.equal(told?.remedy, "on left: apt-get install iputils-ping");
        const [user] = findings({ uid: "1000", user: "alice" }, "left").filter(({ status }) => status === "missing");
        assert.equal(user?.remedy, "npx linuxnet config set --path linuxnet:hosts.left.sudo true");
    });

    it("says why a machine does not answer, and nothing else of it", () => {
        const problem = "host left cannot be reached\nssh said: no";
        const told = machineFindings({ name: "left", facts: new Map(), problem }, needs);
        assert.deepEqual(
            told.map(({ check, status, found }) => [check, status, found]),
            [["connection", "missing", "host left cannot be reached; ssh said: no"]],
        );
    });
});

describe("a firewall that drops what is forwarded", () => {
    const drop = { drop: null };
    const counter = { counter: { packets: 0, bytes: 0 } };
    const match = { match: { op: "==", left: { meta: { key: "iifname" } }, right: "eth0" } };
    const cases: readonly (readonly [string, string, readonly string[]])[] = [
        ["by its policy", ruleset(chain("FORWARD", "forward", "drop")), ["ip filter FORWARD"]],
        ["by its last rule", ruleset(chain("F", "forward", "accept"), rule("F", counter, drop)), ["ip filter F"]],
        ["by a refusal", ruleset(chain("F", "forward", "accept"), rule("F", { reject: {} })), ["ip filter F"]],
        ["not what only some packets meet", ruleset(chain("F", "forward", "accept"), rule("F", match, drop)), []],
        ["not what comes in", ruleset(chain("INPUT", "input", "drop")), []],
        ["not a chain of another table", ruleset(chain("F", "forward", "accept"), rule("G", drop)), []],
        ["not where nft says nothing", "", []],
    ];
    for (const [what, text, expected] of cases) {
        it(`is told: ${what}`, () => assert.deepEqual(droppingChains(text), expected));
    }
});
