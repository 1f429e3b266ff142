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
        edit: ["ipv6: true", "ipv6: false"],
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
