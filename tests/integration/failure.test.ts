import assert from "node:assert/strict";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { forgetAll } from "../../provider/host/machines";
import { withFakePrograms } from "../support/fake-program";
import { command, run } from "../support/kernel";
import { usePlace } from "../support/place";
import { assertSettled, type Inputs, useStack } from "../support/provider";
import { takeSnapshot } from "../support/snapshot";
import { assertRestored } from "../support/snapshot-difference";
import { linkOf } from "./link";

describe("A change that fails half-way", () => {
    const stack = useStack();
    const place = usePlace("here");
    const inputs = (more: Inputs = {}): Inputs => ({
        leftNamespace: place.name,
        leftName: "near",
        rightNamespace: place.name,
        rightName: "far",
        ...more,
    });

    it("tells the engine what there is, and goes on from there", async () => {
        const before = await takeSnapshot();
        const pair = stack.resource("VethPair", "cable");
        // The bridge was there when it was checked.
        const broken = inputs({ leftBridge: "br0" });
        await assert.rejects(pair.create(broken), (error: Error) => {
            const { id, properties, reasons } = Object(error);
            assert.equal(id, `near@${place.name} far@${place.name}`);
            assert.equal(properties.leftName, "near");
            assert.deepEqual(reasons, [error.message]);
            assert.match(error.message, new RegExp(`^ip -n ${place.name} link set dev near master br0: .*br0`));
            assert.match(error.message, /\nRunning again continues from here\.$/);
            assert.equal(error.stack, "", "the engine prints a stack where there is one");
            return true;
        });
        assert.equal(pair.id, `near@${place.name} far@${place.name}`);
        assert.equal((await linkOf(place.name, "near")).alias, "linuxnet:lab/test/cable");

        const bridge = await stack.up("Bridge", "switch", { namespace: place.name, name: "br0" });
        assert.equal(await pair.up(broken), "update");
        assert.equal((await linkOf(place.name, "near")).master, "br0");
        await assertSettled(pair);
        await pair.delete();
        await bridge.delete();
        await assertRestored(before);
    });

    it("is an error of an update, too, and is repaired by the next", async () => {
        const pair = await stack.up("VethPair", "cable", inputs());
        await assert.rejects(pair.update({ ...inputs({ leftBridge: "br0", rightMtu: 1400 }) }), (error: Error) => {
            assert.match(error.message, /^ip -n \S+ link set dev near master br0: /);
            return true;
        });
        assert.equal(await pair.up(inputs({ rightMtu: 1400 })), "update");
        assert.equal((await linkOf(place.name, "far")).mtu, 1400);
        assert.equal((await linkOf(place.name, "near")).master, undefined);
        await assertSettled(pair);
    });
});

/** An `ip` that hangs where a link is to be made, and is the real one otherwise. */
const HANGING = `#!/bin/sh
case "$*" in
*-batch*) input=$(cat)
    case $input in *"link add"*) exec sleep 300;; esac
    printf '%s\\n' "$input" | exec "$REAL_IP" "$@" ;;
*) exec "$REAL_IP" "$@" ;;
esac
`;

const CREATE = `
const { bridge } = require("./provider");
bridge("lab/test/switch").create({ name: "br0" }).then(
    () => console.log("created"),
    (error) => { console.log(error.message); process.exitCode = 3; },
);
`;

describe("A command that hangs", () => {
    const stack = useStack();

    it("is given up in time, and named", async () => {
        const before = await takeSnapshot();
        const folder = await mkdtemp(join(tmpdir(), "hanging-"));
        try {
            const real = (await run(["sh", "-c", "command -v ip"])).stdout.trim();
            await writeFile(join(folder, "ip"), HANGING);
            await chmod(join(folder, "ip"), 0o755);
            const started = performance.now();
            const { code, stdout, stderr } = await run(
                [process.execPath, "--require", "./tests/support/register.cjs", "--eval", CREATE],
                {
                    environment: {
                        ...process.env,
                        PATH: `${folder}:${process.env["PATH"]}`,
                        REAL_IP: real,
                        LINUXNET_TIMEOUT_SECONDS: "1",
                    },
                    folder: join(__dirname, "..", ".."),
                },
            );
            assert.equal(code, 3, stdout + stderr);
            assert.match(stdout, /^ip link add name br0 .*: no answer in time \(LINUXNET_TIMEOUT_SECONDS\)/);
            assert.ok(performance.now() - started < 20_000, "it took too long");
            // It may yet be done: the record stays, and the next run goes on from there.
            const record = await readFile("/run/linuxnet/host/Bridge.br0.json", "utf8");
            assert.match(record, /"owner":"lab\/test\/switch"/);
            const bridge = await stack.up("Bridge", "switch", { name: "br0" });
            await assertSettled(bridge);
            await bridge.delete();
        } finally {
            await rm(folder, { recursive: true });
        }
        await assertRestored(before);
    });

    it("is given up in time where no process hangs, but the shell itself", async () => {
        const forwards: Inputs = { ipv4: true };
        const setting = await stack.up("ForwardingSetting", "routing", forwards);
        const file = "/proc/sys/net/ipv4/ip_forward";
        const folder = await mkdtemp(join(tmpdir(), "hanging-"));
        await command(["mkfifo", join(folder, "fifo")]);
        await command(["mount", "--bind", join(folder, "fifo"), file]);
        const limit = process.env.LINUXNET_TIMEOUT_SECONDS;
        try {
            process.env.LINUXNET_TIMEOUT_SECONDS = "1";
            const started = performance.now();
            await assert.rejects(setting.refresh());
            assert.ok(performance.now() - started < 20_000, "it took too long");
        } finally {
            if (limit === undefined) delete process.env.LINUXNET_TIMEOUT_SECONDS;
            else process.env.LINUXNET_TIMEOUT_SECONDS = limit;
            await command(["umount", file]);
            await rm(folder, { recursive: true });
        }
        assert.deepEqual(await setting.refresh(), []);
        await setting.delete();
    });
});

describe("A namespace that gives no answer", () => {
    const stack = useStack();

    it("keeps nobody from being told of another one", async () => {
        for (const name of ["ns1", "ns2"]) await stack.up("Namespace", name, { name });
        const ends = { leftNamespace: "ns1", leftName: "near", rightNamespace: "ns2", rightName: "far" };
        const pair = await stack.up("VethPair", "cable", ends);
        const bridge = await stack.up("Bridge", "switch", { namespace: "ns1", name: "br0" });
        const barred = (real: string): string =>
            `#!/bin/sh\ncase $1 in *ns2) echo "nsenter: Operation not permitted" >&2; exit 1 ;; esac\nexec ${real} "$@"\n`;
        await withFakePrograms(["nsenter"], barred, async () => {
            forgetAll();
            const [cable, switched] = await Promise.allSettled([pair.refreshWithOthers(), bridge.refreshWithOthers()]);
            assert.equal(cable.status, "rejected");
            assert.match(String(cable.reason), /no answer to: ip .*Operation not permitted/s);
            assert.deepEqual(switched, { status: "fulfilled", value: [] });
        });
        assert.deepEqual(await pair.refresh(), []);
        await stack.destroy();
    });
});
