import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Outcome, run } from "../support/kernel";
import { useLab } from "../support/lab";
import { assertReply } from "../support/ping";
import { type Snapshot, takeSnapshot } from "../support/snapshot";
import { assertRestored } from "../support/snapshot-difference";
import { assertSucceeded } from "./every-example";

const main = join(__dirname, "..", "..", "dist", "cli", "main.js");

describe("linuxnet gc, of a stack whose state is gone", () => {
    const neighbour = useLab("point-to-point", { stack: "beside" });
    const lab = useLab("router", { stack: "dev" });
    let beside: Snapshot;
    let deployed: Snapshot;

    /** In a folder, whose state is in it. */
    function gc(folder: string, ...args: readonly string[]): Promise<Outcome> {
        const environment = { ...process.env, PULUMI_BACKEND_URL: `file://${join(folder, ".state")}` };
        return run([process.execPath, main, "gc", ...args], { folder, environment });
    }

    before(async () => {
        assertSucceeded(await neighbour.up());
        beside = await takeSnapshot();
        assertSucceeded(await lab.up());
        deployed = await takeSnapshot();
        await lab.command("stack", "rm", "dev", "--force", "--yes");
    });

    it("removes nothing of it unnamed, with --yes neither: it may be another folder's", async () => {
        const { code, stdout, stderr } = await gc(lab.folder, "--yes");
        assert.equal(code, 0);
        assert.equal(stdout, "");
        assert.match(
            stderr,
            /^8 objects of router\/dev, a stack without a state here: .*\n.*gc --stack router\/dev\n$/,
        );
        await assertRestored(deployed);
    });

    it("tells in a folder without a project what there is and how it is removed, ends with 2, and removes nothing", async () => {
        const { code, stderr } = await gc(tmpdir(), "--yes");
        assert.equal(code, 2);
        assert.match(stderr, /gc --stack point-to-point\/beside {3}\(\d objects\)/);
        assert.match(stderr, /gc --stack router\/dev {3}\(8 objects\)/);
        await assertRestored(deployed);
    });

    it("says with --dry-run what it would remove, ends with 1, and removes nothing", async () => {
        const { code, stderr } = await gc(tmpdir(), "--stack", "router/dev", "--dry-run", "--yes");
        assert.equal(code, 1);
        assert.match(
            stderr,
            /^There is no state of router\/dev here\. .*VethPair link1, .*Namespace ns2\nNothing is removed/,
        );
        await assertRestored(deployed);
    });

    it("asks nobody where there is nobody, and leaves it", async () => {
        const { code, stderr } = await gc(lab.folder, "--stack", "dev");
        assert.equal(code, 1);
        assert.match(stderr, /They stay\. To remove them: linuxnet gc --stack router\/dev --yes\n$/);
        await assertRestored(deployed);
    });

    it("tells programs the same", async () => {
        const { code, stdout, stderr } = await gc(tmpdir(), "--stack", "router/dev", "--json");
        assert.equal(`${code} ${stderr}`, "1 ");
        const [{ stack, known, objects }] = JSON.parse(stdout);
        assert.equal(`${stack} ${known} ${objects.length}`, "router/dev false 8");
        const link = objects.find((one: { name: string }) => one.name === "link1");
        assert.equal(link.kind, "VethPair");
        assert.equal(link.outcome, "left");
        assert.equal(link.properties.leftName, "veth-ns1");
    });

    it("removes all of it where it is named, and nothing else", async () => {
        const { code, stderr } = await gc(tmpdir(), "--stack", "router/dev", "--yes");
        assert.equal(code, 0, stderr);
        assert.equal(stderr.match(/^removed /gm)?.length, 8);
        await assertRestored(beside);
        await assertReply("ns1-beside", "192.168.1.2", 64);
    });

    it("has nothing to do then, and says so", async () => {
        const { code, stderr } = await gc(tmpdir(), "--stack", "router/dev");
        assert.equal(`${code} ${stderr}`, "0 Nothing is left behind of router/dev.\n");
        const all = await gc(lab.folder);
        assert.equal(`${all.code} ${all.stdout}${all.stderr}`, "0 Nothing is left behind.\n");
        const told = await gc(lab.folder, "--json");
        assert.equal(`${told.code} ${told.stdout}${told.stderr}`, "0 []\n");
    });

    it("has made room: the program can be deployed anew", async () => {
        await lab.command("stack", "init", "dev");
        assertSucceeded(await lab.up());
        await assertReply("ns1-dev", "192.168.2.2", 63);
    });

    it("wants to know whose stack it is, where no project says so", async () => {
        const { code, stderr } = await gc(tmpdir(), "--stack", "dev");
        assert.equal(code, 2);
        assert.match(stderr, /given "dev", expected PROJECT\/STACK/);
    });
});
