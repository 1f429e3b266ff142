import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { command, ip, ipJson, type Where } from "../support/kernel";
import { sweep } from "../support/provider";
import { type Snapshot, takeSnapshot } from "../support/snapshot";
import { Family } from "./family";
import { hostileNames, MOSTLY_NAMES } from "./grammar-names";
import { type Accepted, type Case, cast, idOf, kindOf, type Role, Trial } from "./hostile";
import { assertNothingLeft } from "./machine";
import { namesTaken, type Reasons } from "./oracle";

/** Two namespaces that stand, the first with a device and a bridge; and one to ask the kernel itself. */
const [HERE, FAR] = ["here", "far"];

interface NameRole extends Role {
    /** What appears, and nothing else: as `objects` tells it. */
    appears(name: string, number: number): readonly string[];
}

const ROLES: readonly NameRole[] = [
    {
        name: "namespace",
        kind: "Namespace",
        property: "name",
        weight: 2,
        inputs: (name) => ({ name }),
        appears: (name) => [`namespace ${name}`],
    },
    {
        name: "simulated host",
        kind: "SimulatedHost",
        property: "name",
        weight: 1,
        inputs: (name) => ({ name }),
        appears: (name) => [`simulated ${name}`],
    },
    {
        name: "end of a pair",
        kind: "VethPair",
        property: "left.name",
        weight: 3,
        inputs: (name, number) => ({
            leftNamespace: HERE,
            leftName: name,
            rightNamespace: FAR,
            rightName: `p${number}`,
        }),
        appears: (name, number) => [`here: ${name} veth`, `far: p${number} veth`],
    },
    {
        name: "device on the host",
        kind: "VethPair",
        property: "right.name",
        weight: 2,
        inputs: (name, number) => ({ leftNamespace: FAR, leftName: `p${number}`, rightName: name }),
        appears: (name, number) => [`host: ${name} veth`, `far: p${number} veth`],
    },
    {
        name: "bridge",
        kind: "Bridge",
        property: "name",
        weight: 2,
        inputs: (name) => ({ namespace: HERE, name }),
        appears: (name) => [`here: ${name} bridge`],
    },
    {
        name: "bridge of a pair",
        kind: "VethPair",
        property: "left.bridge",
        weight: 1,
        inputs: (name, number) => ({
            leftNamespace: HERE,
            leftName: `q${number}`,
            leftBridge: name,
            rightNamespace: FAR,
            rightName: `p${number}`,
        }),
        appears: (name, number) => [`here: q${number} veth of ${name}`, `far: p${number} veth`],
    },
    {
        name: "device of an address",
        kind: "Address",
        property: "device",
        weight: 1,
        inputs: (name, number) => ({
            namespace: HERE,
            device: name,
            address: `10.${number >> 8}.${number & 255}.1/32`,
        }),
        appears: (name, number) => [`here: 10.${number >> 8}.${number & 255}.1/32 on ${name}`],
    },
];

const named = (...names: readonly string[]): NameRole[] => ROLES.filter(({ name }) => names.includes(name));

/** Why a name that the kernel takes for a device is refused nevertheless. */
const REASONS: Reasons = [
    ["`ip` reads it as an option", /^-/],
    ["one that is hidden, or leads elsewhere, as the name of a file", /^\./],
    ["`ip` reads it as a word of its own, or the kernel has settings of that name", /^(all|default|help|lo)$/],
    ["a shell, `ip -batch`, a setting's key or a terminal makes something of one of its characters", /[^\w.-]/],
];

async function setUp(): Promise<void> {
    for (const name of [HERE, FAR]) await ip("netns", "add", name);
    await ip("-n", HERE, "link", "add", "name", "br7", "type", "bridge");
    await ip("-n", HERE, "link", "add", "name", "eth7", "type", "veth", "peer", "name", "eth7", "netns", FAR);
}

/** The devices of a place and their addresses, by two ways that have to agree: `ip`, and the kernel's own files. */
async function devices(place: string, where: Where): Promise<string[]> {
    const links = await ipJson(...(where === undefined ? [] : ["-n", where]), "-d", "addr", "show");
    const files = await command(["find", "/sys/class/net", "-mindepth", "1", "-type", "l", "-printf", "%f\\0"], {
        where,
    });
    const names = links.map(({ ifname }) => String(ifname));
    assert.deepEqual(files.split("\0").filter(Boolean).sort(), [...names].sort());
    return links.flatMap(({ ifname, linkinfo, master, addr_info: addresses }) => [
        `${place}: ${ifname} ${Object(linkinfo).info_kind ?? "device"}${master === undefined ? "" : ` of ${master}`}`,
        ...(Array.isArray(addresses) ? addresses : [])
            .filter(({ scope }) => scope === "global")
            .map(({ local, prefixlen }) => `${place}: ${local}/${prefixlen} on ${ifname}`),
    ]);
}

/** Everything that a case can make, a line each. */
async function objects(): Promise<Set<string>> {
    const namespaces = await readdir("/run/netns");
    const hosts = await readdir("/run/linuxnet/hosts").catch(() => []);
    const found = await Promise.all([devices("host", undefined), devices("here", HERE), devices("far", FAR)]);
    return new Set([
        ...namespaces.map((name) => `namespace ${name}`),
        ...hosts.map((name) => `simulated ${name}`),
        ...found.flat(),
    ]);
}

/** They are made, are exactly what was said, and are gone without a trace. */
async function makeAndRemove(group: readonly Accepted<NameRole>[]): Promise<void> {
    const before = await objects();
    await Promise.all(group.map(({ resource, inputs }) => resource.create(inputs)));
    const now = await objects();
    const appeared = [...now].filter((one) => !before.has(one));
    const said = group.flatMap(({ one }) => one.role.appears(one.value, one.number));
    assert.deepEqual(appeared.sort(), [...said].sort());
    assert.deepEqual(
        [...before].filter((one) => !now.has(one)),
        [],
    );
    for (const { resource } of group) assert.deepEqual(await resource.refresh(), []);
    await Promise.all(group.map(({ resource }) => resource.delete()));
    assert.deepEqual([...(await objects())].sort(), [...before].sort());
    const records = await readdir("/run/linuxnet").catch(() => []);
    assert.deepEqual(records, [], "records are left");
}

describe("A hostile name", () => {
    const family = new Family("hostile names", { full: 10_000, sample: 400 });
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
        const cases = family.choose(cast(hostileNames(10_000), ROLES, "roles of names"), idOf, kindOf);
        const trial = new Trial<NameRole>(family, cases);
        await trial.check();
        const keyOf = ({ value }: Case): string => value;
        const repair = async (): Promise<void> => {
            await sweep();
            await setUp();
        };
        for (const role of ROLES) await trial.make([role], makeAndRemove, { keyOf, repair });

        const forDevices = named("end of a pair", "device on the host", "bridge");
        const asked = trial.refused.filter(({ role }) => forDevices.includes(role));
        const taken = await namesTaken(asked, REASONS);
        for (const one of taken.unexplained) trial.wrong(one, new Error("the kernel takes it, and there is no reason"));
        console.log(`hostile names: ${taken.text}`);
        await trial.finish();
        trial.assertAccepted(MOSTLY_NAMES, 0.5, forDevices);
    });
});
