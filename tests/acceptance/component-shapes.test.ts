import assert from "node:assert/strict";
import { listChanges } from "../support/engine-events";
import { ip } from "../support/kernel";
import { assertAllReply, assertReply } from "../support/ping";
import { assertSucceeded, itLeavesNothing, onSimulated, useExample } from "./every-example";

const PROGRAM = `
import * as pulumi from "@pulumi/pulumi";
import * as linuxnet from "pulumi-linuxnet";

const star = new linuxnet.Star("star", { hosts: 3 });
const linear = new linuxnet.Linear("linear", { switches: 3, hostsPerSwitch: 2, namespace: new linuxnet.Namespace("row") });
const tree = new linuxnet.Tree("tree", { depth: 2, fanout: 2 });
const fat = new linuxnet.FatTree("fat", { pods: 4 });

const router = new linuxnet.Router("r");
const both = new linuxnet.Lan("both", { router, subnet: ["192.168.7.0/24", "fd07::/64"], mtu: 1400 });
const plain = new linuxnet.Lan("plain", { router, subnet: ["192.168.8.0/24", "fd08::/64"] });
both.attach("ns1");
both.attach("web");
plain.attach("ns1", { index: 9 });

const cable = new linuxnet.PointToPoint("cable", { subnet: ["10.5.0.0/31", "fd05::/127"], mtu: 1400 });

const hub = new linuxnet.Switch("hub", { namespace: new linuxnet.Namespace("hub") });
hub.attach("ns1", { addresses: ["10.3.3.1/24"] });
hub.attach("ns2", { addresses: ["10.3.3.2/24"] });

const underlay = new linuxnet.Underlay("under", { subnet: "fd00:2::/64" });
const sites = ["site1", "site2", "site3"].map((name) => underlay.attach(name));
const overlay = new linuxnet.Overlay("over", { vni: 7, sites, subnet: "10.4.0.0/24" });
for (const [at, site] of sites.entries()) overlay.attach(\`ns\${at + 1}\`, { at: site });

const addresses = (hosts: readonly linuxnet.AttachedHost[]) =>
    Object.fromEntries(hosts.map(({ name, address }) => [name, address]));
export const hosts = { star, linear, tree, fat, over: overlay, both, plain };
for (const key of Object.keys(hosts)) hosts[key] = addresses(hosts[key].hosts);
`;

type Hosts = Readonly<Record<string, Readonly<Record<string, string>>>>;

describe("components, several in one program", () => {
    const deployed = useExample("with-components/point-to-point");
    const { lab } = deployed;
    before("write the program", () => lab.write(PROGRAM));

    /** Hosts by their namespaces, with the addresses that the program has for them. */
    async function endsOf(component: string): Promise<Record<string, string>> {
        const { hosts } = (await lab.outputs()) as { hosts: Hosts };
        const entries = Object.entries(hosts[component] ?? {});
        assert.ok(entries.length > 1, `${component} has no hosts`);
        return Object.fromEntries(entries.map(([name, address]) => [`${component}-${name}-dev`, address]));
    }

    it("are shown as what they are made of, like things together", async () => {
        const shown = await lab.command("preview", "--stack", "dev");
        assert.doesNotMatch(shown, /components/);
        const lines = shown.split("\n");
        assert.ok(lines.length < 160, `${lines.length} lines`);
        assert.ok(
            lines.includes("+ 16 × namespace fat-h{1..4}-{1..2}-{1..2}-dev   (fat-h{1..4}-{1..2}-{1..2})"),
            shown,
        );
    });

    it("come up", async () => assertSucceeded(await lab.up()));

    it("are a star, a row and a tree of switches, whose hosts are all neighbours", async () => {
        assert.deepEqual(await endsOf("star"), {
            "star-h1-dev": "10.0.0.1",
            "star-h2-dev": "10.0.0.2",
            "star-h3-dev": "10.0.0.3",
        });
        const row = await endsOf("linear");
        assert.deepEqual([row["linear-h1s1-dev"], row["linear-h2s3-dev"]], ["10.0.1.1", "10.0.3.2"]);
        assert.equal(Object.keys(await endsOf("tree")).length, 4);
        for (const shape of ["star", "linear", "tree"]) await assertAllReply(await endsOf(shape), 64);
    });

    it("are a fat tree whose hosts are as far from each other as the paper has it, by all ways", async () => {
        const ends = await endsOf("fat");
        assert.equal(Object.keys(ends).length, 16);
        const first = "fat-h1-1-1-dev";
        for (const [name, address] of Object.entries(ends)) {
            const [, pod, edge] = /h(\d)-(\d)/.exec(name) ?? [];
            const routers = pod !== "1" ? 5 : edge === "1" ? 1 : 3;
            if (name !== first) await assertReply(first, address, 64 - routers);
        }
        const ways = await ip("-n", "fat-e1-1-dev", "route", "show", "default");
        assert.deepEqual(
            Array.from(ways.matchAll(/nexthop .* dev (\S+)/g), ([, device]) => device),
            ["a1-1", "a1-2"],
        );
    });

    it("are local networks behind one router, of both families", async () => {
        assert.deepEqual(await endsOf("both"), { "both-ns1-dev": "192.168.7.2", "both-web-dev": "192.168.7.158" });
        await assertReply("both-ns1-dev", "192.168.7.158", 64);
        await assertReply("both-web-dev", "192.168.8.9", 63);
        await assertReply("plain-ns1-dev", "fd07::2", 63);
        assert.match(await ip("-n", "both-ns1-dev", "link", "show", "dev", "eth0"), / mtu 1400 /);
    });

    it("are a cable with the two addresses of a /31 and of a /127", async () => {
        await assertReply("cable-left-dev", "10.5.0.1", 64);
        await assertReply("cable-right-dev", "fd05::", 64);
        const addresses = await ip("-n", "cable-right-dev", "-br", "address", "show", "dev", "eth0");
        assert.match(addresses, / 10\.5\.0\.1\/31 .*fd05::1\/127 /);
    });

    it("are one layer-2 network over an underlay of IPv6", async () => {
        const { hosts } = (await lab.outputs()) as { hosts: Hosts };
        const ends = Object.entries(hosts["over"] ?? {}).map(([name, address]) => {
            return [onSimulated(`under-${name.replace("ns", "site")}-dev`, `over-${name}`), address] as const;
        });
        assert.equal(ends.length, 3);
        await assertAllReply(Object.fromEntries(ends), 64);
        await assertReply(onSimulated("under-site1-dev"), "fd00:2::3", 64);
        const whole = { packetBytes: 1430, dontFragment: true };
        await assertReply(ends[0]?.[0] ?? "", "10.4.0.3", 64, whole);
    });

    it("get a host more, and go below another component by an alias, and nothing else changes", async () => {
        const program = await lab.read();
        await lab.edit('new linuxnet.Star("star", { hosts: 3 })', 'new linuxnet.Star("star", { hosts: 4 })');
        await lab.edit('both.attach("ns1");', 'both.attach("db");\nboth.attach("ns1");');
        await lab.edit('hub.attach("ns1",', 'hub.attach("ns0", { addresses: ["10.3.3.9/24"] });\nhub.attach("ns1",');
        await lab.edit(
            '{ namespace: new linuxnet.Namespace("hub") }',
            `{ namespace: new linuxnet.Namespace("hub") },
             { parent: new pulumi.ComponentResource("my:Site", "mine"), aliases: [{ parent: pulumi.rootStackResource }] }`,
        );
        const preview = await lab.preview();
        assertSucceeded(preview);
        const added = ["star-h4", "star-h4", "both-db", "both-db", "both-db-default", "both-db-default6", "hub-ns0"];
        const made = [...added, "hub-ns0", "mine"].map((name) => `create ${name}`);
        assert.deepEqual(listChanges(preview).toSorted(), made.toSorted());
        await lab.write(program);
    });

    itLeavesNothing(deployed);
});
