import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { isIPv4, isIPv6 } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { ip, ipJson, writeSetting } from "../support/kernel";
import { sweep } from "../support/provider";
import { type Snapshot, takeSnapshot } from "../support/snapshot";
import { Family } from "./family";
import { hostileAddresses, MOSTLY_ADDRESSES } from "./grammar-addresses";
import { type Accepted, type Case, cast, idOf, kindOf, type Role, Trial } from "./hostile";
import { assertNothingLeft } from "./machine";
import { addressesTaken, type Reasons } from "./oracle";

/** Two namespaces that stand; the first has a device that nobody manages. */
const [HERE, FAR] = ["here", "far"];

/** An address as others than we spell it: IPv4 as it stands, IPv6 as a browser's address line has it (RFC 5952). */
function spelled(address: string): string | undefined {
    if (isIPv4(address)) return address;
    if (!isIPv6(address) || address.includes("%")) return undefined;
    return new URL(`http://[${address}]/`).hostname.slice(1, -1);
}

/** The same with a length, which is of the whole address where there is none; undefined for what is no such thing. */
function canonical(text: string): string | undefined {
    const [, address = "", length] = /^([^/]*)(?:\/(0|[1-9]\d{0,2}))?$/.exec(text) ?? [];
    const plain = spelled(address);
    if (plain === undefined) return undefined;
    const most = isIPv4(plain) ? 32 : 128;
    return Number(length ?? most) <= most ? `${plain}/${length ?? most}` : undefined;
}

/** A subnet instead of an address in it; one host's where that is not to be had by replacing text. */
const subnetOf = (text: string): string =>
    text
        .replace(/\.\d+\/\d+$/, ".0/24")
        .replace(/^((?:[^:]+:){4})(?:[^:]+:){3}[^:.]+\/\d+$/, "$1:/64")
        .replace(/(?<=::[^:]*)\/\d+$/, "/128");

const gatewayDestination = (number: number): string => `198.18.${number >> 8}.${number & 255}/32`;
const gatewayDestination6 = (number: number): string => `2001:db8:ffff::${number.toString(16)}/128`;

interface AddressRole extends Role {
    /** What the text has to be to the kernel, a line each. */
    said(text: string, number: number): readonly string[];
}

const ofAPair: AddressRole = {
    name: "addresses of a pair",
    kind: "VethPair",
    property: "left.addresses",
    weight: 5,
    inputs: (addresses, number) => ({
        leftNamespace: HERE,
        leftName: `a${number}`,
        leftAddresses: addresses,
        rightNamespace: FAR,
        rightName: `a${number}`,
    }),
    // Nothing is a list, too.
    said: (list) => (list === "" ? [] : list.split(", ").map((one) => `${canonical(one)}`)),
};

const ROLES: readonly AddressRole[] = [
    ofAPair,
    {
        name: "address",
        kind: "Address",
        property: "address",
        weight: 1,
        inputs: (address) => ({ namespace: HERE, device: "eth7", address }),
        said: (text) => [`eth7 has ${canonical(text)}`],
    },
    {
        name: "destination",
        kind: "Route",
        property: "destination",
        weight: 2,
        fit: subnetOf,
        inputs: (destination) => ({ namespace: HERE, destination, device: "eth7" }),
        said: (text) => [`${canonical(text)} over eth7`],
    },
    {
        name: "gateway",
        kind: "Route",
        property: "gateway",
        weight: 2,
        fit: (text) => text.replace(/\/\d+$/, ""),
        inputs: (gateway, number) => ({
            namespace: HERE,
            destination: gateway.includes(":") ? gatewayDestination6(number) : gatewayDestination(number),
            gateway,
            device: "eth7",
            onlink: true,
        }),
        said: (gateway, number) => {
            const destination = gateway.includes(":") ? gatewayDestination6(number) : gatewayDestination(number);
            return [`${canonical(destination)} by ${spelled(gateway)} over eth7`];
        },
    },
];

async function setUp(): Promise<void> {
    for (const name of [HERE, FAR]) await ip("netns", "add", name);
    // Nothing appears by itself, and it does not take two seconds until an IPv6 address is one.
    for (const name of [HERE, FAR]) {
        await writeSetting("net.ipv6.conf.default.accept_dad", "0", name);
        await writeSetting("net.ipv6.conf.default.addr_gen_mode", "1", name);
        // Without any address there is no local table, and no gateway is one to the kernel.
        await ip("-n", name, "link", "set", "dev", "lo", "up");
    }
    await ip("-n", HERE, "link", "add", "name", "eth7", "type", "veth", "peer", "name", "eth7", "netns", FAR);
    for (const name of [HERE, FAR]) await ip("-n", name, "link", "set", "dev", "eth7", "up");
    for (const name of [HERE, FAR]) await untilAtRest(name);
}

/** The kernel takes a moment to see that the other end is up: until then, it changes things by itself. */
async function untilAtRest(name: string): Promise<void> {
    for (let wait = 0; wait < 100; wait++) {
        const [link] = await ipJson("-n", name, "link", "show", "dev", "eth7");
        const routes = await ip("-n", name, "-6", "route", "show", "table", "local");
        if (link?.operstate === "UP" && routes.includes("ff00::/8 dev eth7")) return;
        await sleep(50);
    }
    throw new Error(`eth7 in ${name} does not come up`);
}

/** A link-local address made of a hardware address (RFC 4291, appendix A). */
const MADE_BY_THE_KERNEL = /^fe80::[0-9a-f:]*ff:fe[0-9a-f:]*$/;

/** The addresses of all devices, and our routes. */
async function objects(): Promise<Set<string>> {
    const links = await ipJson("-n", HERE, "addr", "show");
    const addresses = links.flatMap(({ ifname, addr_info: list }) =>
        (Array.isArray(list) ? list : [])
            .filter(({ local }) => !MADE_BY_THE_KERNEL.test(local))
            .map(({ local, prefixlen }) => `${ifname} has ${canonical(`${local}/${prefixlen}`)}`),
    );
    const families = await Promise.all(
        ["-4", "-6"].map(async (family) => {
            const routes = await ipJson("-n", HERE, family, "route", "show", "table", "all", "proto", "157");
            const all = family === "-4" ? "0.0.0.0/0" : "::/0";
            return routes.map(({ dst, gateway, dev }) => {
                const by = gateway === undefined ? "" : ` by ${spelled(String(gateway))}`;
                return `${canonical(dst === "default" ? all : String(dst))}${by} over ${dev}`;
            });
        }),
    );
    return new Set([...addresses, ...families.flat()]);
}

const differences = (some: ReadonlySet<string>, others: ReadonlySet<string>): string[] =>
    [...some].filter((one) => !others.has(one)).sort();

async function assertAsBefore(before: ReadonlySet<string>): Promise<void> {
    assert.deepEqual([...(await objects())].sort(), [...before].sort());
    assert.deepEqual(await readdir("/run/linuxnet").catch(() => []), [], "records are left");
}

/** They are made, are exactly what was said, and are gone without a trace. */
async function makeAndRemove(group: readonly Accepted<AddressRole>[]): Promise<void> {
    const before = await objects();
    await Promise.all(group.map(({ resource, inputs }) => resource.create(inputs)));
    const now = await objects();
    const said = group.flatMap(({ one }) => one.role.said(one.value, one.number));
    assert.deepEqual(differences(now, before), [...said].sort());
    assert.deepEqual(differences(before, now), []);
    for (const { resource } of group) assert.deepEqual(await resource.refresh(), []);
    for (const { resource } of group) await resource.delete();
    await assertAsBefore(before);
}

/** The addresses of all of them on one device, in one resource. */
async function makeTogether(group: readonly Accepted<AddressRole>[]): Promise<void> {
    const before = await objects();
    const [first] = group;
    if (first === undefined) return;
    const list = group.map(({ inputs }) => inputs["leftAddresses"]).join(", ");
    await first.resource.create({ ...first.inputs, leftAddresses: list });
    const now = await objects();
    const name = String(first.inputs["leftName"]);
    const said = group.flatMap(({ one }) => one.role.said(one.value, one.number)).map((text) => `${name} has ${text}`);
    assert.deepEqual(differences(now, before), [...said].sort());
    assert.deepEqual(await first.resource.refresh(), []);
    await first.resource.delete();
    await assertAsBefore(before);
}

/** Why an address that the kernel takes for a device is refused nevertheless. */
const REASONS: Reasons = [
    ["it has no length of its prefix, which `ip` would make that of the whole address", /^[^/]*$/],
    ["a group of hosts, none of them", /^(2(2[4-9]|3\d)\.|ff)/i],
    ["IPv4 in IPv6's clothes, which no packet has", /^(::ffff:|0:0:0:0:0:ffff:)\d+\./i],
    ["all hosts, or none", (text) => /^(0\.0\.0\.0|255\.255\.255\.255)\//.test(text)],
    ["the address of its subnet itself, or of all of its hosts", isEndOfSubnet],
];

function isEndOfSubnet(text: string): boolean {
    const [address = "", length] = text.split("/");
    if (!isIPv4(address) || Number(length) > 30) return false;
    const bits = address.split(".").map((part) => Number(part).toString(2).padStart(8, "0"));
    return /^(0+|1+)$/.test(bits.join("").slice(Number(length)));
}

describe("A hostile address", () => {
    const family = new Family("hostile addresses", { full: 10_000, sample: 400 });
    let before: Snapshot;

    beforeEach("two namespaces", async () => {
        before = await takeSnapshot();
        await setUp();
    });
    afterEach("sweep", async () => {
        await sweep();
        await assertNothingLeft(before);
    });

    it("is refused and changes nothing, or is to the kernel what was said", async function () {
        this.timeout(0);
        const cases = family.choose(cast(hostileAddresses(10_000), ROLES, "roles of addresses"), idOf, kindOf);
        const trial = new Trial<AddressRole>(family, cases);
        await trial.check();
        // IPv6 has an address once on a device, whatever the length of its prefix.
        const keyOf = ({ value }: Case): string => canonical(value)?.replace(/\/.*/, "") ?? value;
        const repair = async (): Promise<void> => {
            await sweep();
            await setUp();
        };
        await trial.make([ofAPair], makeTogether, { keyOf, repair, size: 40 });
        for (const role of ROLES.slice(1)) await trial.make([role], makeAndRemove, { keyOf, repair });

        const asked = trial.refused.filter(({ role }) => role === ofAPair || role.name === "address");
        const taken = await addressesTaken(asked, REASONS, canonical);
        for (const one of taken.unexplained) trial.wrong(one, new Error("the kernel takes it, and there is no reason"));
        console.log(`hostile addresses: ${taken.text}`);
        await trial.finish();
        trial.assertAccepted(MOSTLY_ADDRESSES, 0.7, [ofAPair]);
        for (const role of ROLES.slice(1)) trial.assertAccepted(MOSTLY_ADDRESSES, 0.2, [role]);
    });
});
