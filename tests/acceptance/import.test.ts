import assert from "node:assert/strict";
import { backgroundPing } from "../support/background-ping";
import { listCommands, withCommandLog } from "../support/commands";
import { type EmptyProject, identities, makeByHand, useEmptyProject, withoutMarks } from "../support/hand-made";
import { ip, type Outcome, readSetting, run, type Where, writeSetting } from "../support/kernel";
import { assertReply } from "../support/ping";
import { type Snapshot, takeSnapshot } from "../support/snapshot";
import { assertRestored, assertSame, takeSettledSnapshot } from "../support/snapshot-difference";

const assertDone = ({ code, stdout, stderr }: Outcome): void => assert.equal(code, 0, stdout + stderr);

/** A file of a record, a tag, a group, and a route that has become ours. */
const MARK = /^(link set dev \S+ (alias linuxnet:\S+|group \d+)|route replace .* proto 157.*)$/;

async function assertEmptyPreview(project: EmptyProject): Promise<void> {
    const preview = await project.linuxnet("preview", "--expect-no-changes");
    assertDone(preview);
    assert.match(preview.stdout, /Nothing would change/);
}

interface HandMade {
    readonly lab: string;
    /** Who pings whom, by which ttl it works. */
    readonly from: Where;
    readonly to: string;
    readonly ttl: number;
    /** Texts of the program that is written. */
    readonly says: readonly string[];
    /** A change of it, and how plain `ip` sees that. */
    readonly edit: readonly [string, string];
    readonly look: () => Promise<string>;
    readonly shows: RegExp;
}

const LABS: readonly HandMade[] = [
    {
        lab: "point-to-point",
        from: "ns1",
        to: "192.168.1.2",
        ttl: 64,
        says: ['const ns1 = new linuxnet.Namespace("ns1", { name: "ns1", loopback: "down" });'],
        edit: ['["192.168.1.2/24"]', '["192.168.1.2/24", "192.168.1.3/24"]'],
        look: () => ip("-n", "ns2", "address", "show", "dev", "veth-ns2"),
        shows: /192\.168\.1\.3\/24/,
    },
    {
        lab: "bridge",
        from: "ns1",
        to: "192.168.1.3",
        ttl: 64,
        says: [
            'const virtualBridge = new linuxnet.Bridge("virtual-bridge", { name: "virtual-bridge" });',
            'right: { bridge: virtualBridge, name: "veth-ns1-br" },',
        ],
        edit: ['{ name: "virtual-bridge" }', '{ name: "virtual-bridge", addresses: ["192.168.1.254/24"] }'],
        look: () => ip("address", "show", "dev", "virtual-bridge"),
        shows: /192\.168\.1\.254\/24/,
    },
    {
        lab: "router",
        from: "ns1",
        to: "192.168.2.2",
        ttl: 63,
        says: [
            "{ namespace: nsRouter, ipv4: true, ipv6: true }",
            '{ namespace: ns1, destination: "192.168.2.0/24", gateway: "192.168.1.1" }',
        ],
        // In a namespace that is taken in, forwarding that no program asks for any more is off, as in a new one.
        edit: [", ipv6: true", ""],
        look: () => readSetting("net.ipv6.conf.all.forwarding", "ns-router"),
        shows: /^0$/,
    },
    {
        lab: "gateway",
        from: "ns1",
        to: "192.168.1.1",
        ttl: 64,
        says: [
            'const br0 = new linuxnet.Bridge("br0", { name: "br0", addresses: ["192.168.1.1/24"] });',
            'new linuxnet.ForwardingSetting("host-forwarding", { ipv4: true });',
        ],
        edit: ['namespace: ns2, destination: "default"', 'namespace: ns2, metric: 7, destination: "default"'],
        look: () => ip("-n", "ns2", "route", "show", "default"),
        shows: /^default via 192\.168\.1\.1 dev veth-ns2 proto 157 metric 7 *\n$/,
    },
    {
        lab: "two-hosts",
        from: "left-ns1",
        to: "192.168.2.2",
        ttl: 62,
        says: ['{ namespace: left, destination: "192.168.2.0/24", gateway: "10.0.2.16" }'],
        edit: ['bridge: rightBr0, name: "veth-ns2-br" ', 'bridge: rightBr0, name: "veth-ns2-br", mtu: 1400 '],
        look: () => ip("-n", "right", "link", "show", "dev", "veth-ns2-br"),
        shows: /mtu 1400/,
    },
    {
        lab: "overlay",
        from: "left-ns1",
        to: "192.168.1.4",
        ttl: 64,
        says: ['vni: 42, local: "10.0.2.15", remotes: ["10.0.3.16"] }'],
        edit: ['local: "10.0.2.15", remotes: ["10.0.3.16"]', 'local: "10.0.2.15", remotes: ["10.0.3.16", "10.0.3.17"]'],
        look: () => run(["bridge", "-n", "left", "fdb", "show", "dev", "vx0"]).then(({ stdout }) => stdout),
        shows: /dst 10\.0\.3\.17/,
    },
    {
        lab: "details",
        from: "a",
        to: "10.1.0.2",
        ttl: 64,
        says: [
            'const b = new linuxnet.Namespace("b", { name: "b", loopback: "down" });',
            'new linuxnet.Bridge("sw", { namespace: b, addresses: ["10.3.0.1/24"], up: false, stp: true });',
            'right: { namespace: a, addresses: ["10.2.0.1/24"], mtu: 1400 },',
            '{ namespace: a, device: "lo", address: "10.9.0.1/32" }',
            '{ namespace: a, destination: "fd08::/64", gateway: "fe80::1", device: two.right }',
        ],
        // The first address of a subnet: the kernel takes the other one along, and the routes.
        edit: ['addresses: ["10.1.0.1/24", "10.1.0.3/24"', 'addresses: ["10.1.0.3/24"'],
        look: async () =>
            (await ip("-n", "a", "-4", "address", "show", "dev", "one")) +
            (await ip("-n", "a", "route", "show", "table", "77")) +
            (await ip("-n", "a", "route", "show", "10.3.0.0/24")),
        shows: /inet 10\.1\.0\.3\/24[\s\S]*10\.8\.0\.0\/24 via 10\.1\.0\.2[\s\S]*10\.3\.0\.0\/24 via 10\.1\.0\.2.* mtu 1300/,
    },
];

for (const { lab, from, to, ttl, says, edit, look, shows } of LABS) {
    describe(`linuxnet import of a ${lab} lab that was made by hand`, () => {
        let start: Snapshot;
        let redirects: string;
        before(async () => {
            start = await takeSnapshot();
            redirects = await readSetting("net.ipv4.conf.all.accept_redirects");
        });
        const project = useEmptyProject();

        it("adopts it and changes nothing but its marks; a ping loses nothing, and the first preview is empty", async () => {
            await makeByHand(lab);
            await assertReply(from, to, ttl);
            const [before, known] = [await takeSettledSnapshot(), await identities()];
            const { result, mutating } = await withCommandLog(async () => {
                let adopted: Outcome | undefined;
                const { lost } = await backgroundPing(from, to, async () => {
                    adopted = await project.linuxnet("import", "--yes");
                });
                return { adopted, lost };
            });
            assertDone(result.adopted ?? { code: -1, stdout: "", stderr: "" });
            assert.deepEqual(result.lost, []);
            assertSame(withoutMarks(before), withoutMarks(await takeSnapshot()));
            const after = await identities();
            assert.deepEqual(
                known.filter((one) => !after.includes(one)),
                [],
            );
            const others = mutating.filter(
                ({ argv, input = "" }) =>
                    argv[0] !== "ip" || input.split("\n").some((line) => line !== "" && !MARK.test(line)),
            );
            assert.ok(
                others.every(({ argv }) => argv.some((word) => word.startsWith("/run/linuxnet/"))),
                listCommands(others),
            );
            for (const text of says) assert.ok((await project.read()).includes(text), await project.read());
            await assertEmptyPreview(project);
        });

        it("has nothing to do in an up, and runs no command that changes anything", async () => {
            const { result, mutating } = await withCommandLog(() =>
                project.linuxnet("up", "--yes", "--skip-preview", "--expect-no-changes"),
            );
            assertDone(result);
            assert.equal(listCommands(mutating), "");
        });

        it("is changed by its program", async () => {
            await project.edit(...edit);
            assertDone(await project.linuxnet("up", "--yes", "--skip-preview"));
            assert.match(await look(), shows);
            await assertReply(from, to, ttl);
            await assertEmptyPreview(project);
        });

        it("is removed by destroy; on the host forwarding stays as it was found", async () => {
            assertDone(await project.linuxnet("destroy", "--yes", "--skip-preview"));
            if (lab === "gateway") {
                assert.equal(await readSetting("net.ipv4.ip_forward"), "1");
                await writeSetting("net.ipv4.ip_forward", "0");
                await writeSetting("net.ipv4.conf.all.accept_redirects", redirects);
            }
            await assertRestored(start);
        });
    });
}

describe("linuxnet import", () => {
    let start: Snapshot;
    before(async () => {
        start = await takeSnapshot();
    });
    const project = useEmptyProject();
    const other = useEmptyProject();
    const removeByHand = async (...namespaces: readonly string[]): Promise<void> => {
        for (const name of namespaces) await ip("netns", "del", name);
    };
    const tags = async (): Promise<string> => (await ip("link", "show")) + (await ip("-n", "ns1", "link", "show"));

    it("writes the program and the project, and adopts nothing without a yes", async () => {
        await makeByHand("point-to-point");
        const before = await takeSettledSnapshot();
        const written = await project.linuxnet("import");
        assertDone(written);
        assert.match(
            written.stdout,
            /^Written to index\.ts: 2 namespaces, 1 veth pair\.\nNothing was adopted: .*--yes/,
        );
        assert.match(await project.read("Pulumi.yaml"), /^main: index\.ts$/m);
        assert.match(await project.read("Pulumi.yaml"), /^ {2}refresh: always$/m);
        assertSame(before, await takeSnapshot());
    });

    it("is refused by up until it is adopted, and goes on when it is asked to", async () => {
        const up = await project.linuxnet("up", "--yes", "--skip-preview");
        assert.notEqual(up.code, 0);
        assert.match(up.stdout, /a namespace named ns[12]: linuxnet did not create it/);
        const adopted = await project.linuxnet("import", "--yes");
        assertDone(adopted);
        assert.match(adopted.stdout, /^As it stands in index\.ts: .*\nAdopted into the stack dev: 3 resources\./);
        await assertEmptyPreview(project);
    });

    it("refuses what another stack has, and says whose it is; unless it is named, it is left alone", async () => {
        const before = await takeSnapshot();
        const refused = await other.linuxnet("import", "ns1", "ns2", "--yes");
        assert.equal(refused.code, 1);
        assert.match(refused.stderr, /Namespace ns1 belongs to by-hand-\S+\/dev\/ns1\n/);
        const nothing = await other.linuxnet("import", "--yes");
        assert.equal(nothing.code, 1);
        assert.match(nothing.stderr, /^ns1 is left alone: it belongs to by-hand-\S+\/dev\/ns1$/m);
        await assert.rejects(other.read(), /ENOENT/);
        assertSame(before, await takeSnapshot());
    });

    it("is removed with destroy", async () => {
        assertDone(await project.linuxnet("destroy", "--yes", "--skip-preview"));
        await assertRestored(start);
    });

    it("takes in the namespaces that are named, and refers to what is not theirs by its name", async () => {
        await makeByHand("bridge");
        const before = await takeSettledSnapshot();
        const adopted = await other.linuxnet("import", "ns1", "--yes");
        assertDone(adopted);
        assert.match(adopted.stderr, /virtual-bridge \(a bridge\) is left alone.*veth-ns2-br is plugged into it/);
        assert.match(await other.read(), /right: \{ bridge: "virtual-bridge", name: "veth-ns1-br" \}/);
        assert.doesNotMatch(await other.read(), /ns2/);
        assertSame(withoutMarks(before), withoutMarks(await takeSnapshot()));
        assert.doesNotMatch(await ip("link", "show", "virtual-bridge"), /alias/);
        await assertEmptyPreview(other);
        assertDone(await other.linuxnet("destroy", "--yes", "--skip-preview"));
        assert.match(await ip("netns", "list"), /ns2/);
        await assertReply("ns2", "192.168.1.3", 64);
        await removeByHand("ns2", "ns3");
        await ip("link", "del", "dev", "virtual-bridge");
        await assertRestored(start);
    });

    it("leaves a program that is there as it is, unless it is told to write over it or elsewhere", async () => {
        await makeByHand("point-to-point");
        await project.write("// mine\n");
        const refused = await project.linuxnet("import", "--yes");
        assert.equal(refused.code, 1);
        assert.match(
            refused.stderr,
            /index\.ts is there already.*\n--out FILE writes another file; --force writes over it/,
        );
        assert.equal(await project.read(), "// mine\n");
        assert.doesNotMatch(await tags(), /alias/);
        assertDone(await project.linuxnet("import", "--yes", "--out", "found.ts"));
        assert.match(await project.read("found.ts"), /new linuxnet\.VethPair\("veth-ns1"/);
        assert.doesNotMatch(await tags(), /alias/);
        assertDone(await project.linuxnet("import", "--force"));
        assert.equal(await project.read(), await project.read("found.ts"));
    });

    it("goes on where it was killed", async () => {
        const isHalf = async () => /alias/.test(await tags());
        await project.killed(isHalf, "import", "--yes");
        assert.ok(await isHalf());
        const state = await project.linuxnet("stack", "export", "--stack", "dev");
        assert.doesNotMatch(state.stdout, /VethPair/);
        assertDone(await project.linuxnet("import", "--yes"));
        await assertEmptyPreview(project);
        assertDone(await project.linuxnet("import", "--yes"));
        assertDone(await project.linuxnet("destroy", "--yes", "--skip-preview"));
        await assertRestored(start);
    });

    it("tells what no program can say, and leaves it alone", async () => {
        await makeByHand("point-to-point");
        await ip("link", "add", "name", "odd", "netns", "ns1", "type", "ifb");
        await ip("-n", "ns1", "rule", "add", "priority", "7", "to", "10.77.0.0/16", "lookup", "7");
        await ip("-n", "ns1", "route", "add", "10.78.0.0/16", "via", "192.168.1.2", "proto", "bird");
        await ip("-n", "ns1", "route", "add", "10.79.0.0/16", "via", "192.168.1.2", "initcwnd", "20");
        await ip("link", "add", "name", "far", "netns", "ns2", "type", "veth", "peer", "name", "near");
        await ip("-n", "ns2", "address", "add", "10.80.0.1", "peer", "10.80.0.2/32", "dev", "far");
        const { code, stderr } = await other.linuxnet("import", "--out", "found.ts");
        assert.equal(code, 0, stderr);
        const told = [
            /^ns1: odd \(an ifb\) is left alone.*there is no resource for it$/m,
            /^ns1: the rule priority 7 .*is left alone/m,
            /^ns1: the route "10\.78\.0\.0\/16 .*is left alone: .*routing daemon/m,
            /^ns1: the route "10\.79\.0\.0\/16 .*is left alone: .*what a Route cannot say/m,
            /^ns2: far \(a veth\) is left alone.*10\.80\.0\.1 with the peer 10\.80\.0\.2/m,
        ];
        for (const line of told) assert.match(stderr, line);
        assert.doesNotMatch(await other.read("found.ts"), /odd|far|10\.7\d/);
        await removeByHand("ns1", "ns2");
        await assertRestored(start);
    });

    it("takes in the host's own bridges, pairs and tunnels only when it is told to", async () => {
        await ip("netns", "add", "ns1");
        await ip("link", "add", "name", "sw0", "type", "bridge");
        await ip("link", "add", "name", "cable", "type", "veth", "peer", "name", "cable-end");
        await ip("link", "set", "dev", "cable", "master", "sw0");
        assertDone(await other.linuxnet("import", "--out", "less.ts"));
        assert.doesNotMatch(await other.read("less.ts"), /sw0|cable/);
        assertDone(await other.linuxnet("import", "--host", "--force", "--yes"));
        assert.match(await other.read(), /: \{ bridge: sw0, name: "cable", up: false \}/);
        await assertEmptyPreview(other);
        assertDone(await other.linuxnet("destroy", "--yes", "--skip-preview"));
        await assertRestored(start);
    });
});
