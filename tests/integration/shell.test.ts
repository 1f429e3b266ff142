import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type LoggedCommand, withCommandLog } from "../support/commands";
import { ipJson } from "../support/kernel";
import { type Inputs, type KindName, Stack, useStack } from "../support/provider";
import { takeSnapshot } from "../support/snapshot";
import { assertRestored, assertSame } from "../support/snapshot-difference";

/** What a shell would run; `WIRE` is a file that is there then. */
const HOSTILE = [
    ...["$(touch WIRE)", "`touch WIRE`", "; touch WIRE;", "| touch WIRE", "&& touch WIRE", "' ; touch WIRE ; '"],
    ...['" ; touch WIRE ; "', "\n touch WIRE \n", ">WIRE", "*", "~", "$HOME", "%s%n%d", "\\", "# x", "--help", "$IFS"],
    ...["\u202eerus\u202c", "a\0b", "a\u0301é🙂", "x".repeat(300)],
];

/** A resource of each kind, in their order. */
const PROGRAM: readonly (readonly [KindName, Inputs])[] = [
    ["SimulatedHost", { name: "sim" }],
    ["Namespace", { name: "ns1" }],
    ["Bridge", { namespace: "ns1", name: "br7" }],
    ["VethPair", { leftNamespace: "ns1", leftName: "near", leftAddresses: "10.6.0.1/24", rightName: "far" }],
    ["Address", { device: "far", address: "10.6.0.2/24" }],
    ["Route", { namespace: "ns1", destination: "10.7.0.0/16", gateway: "10.6.0.2" }],
    ["ForwardingSetting", { ipv4: true, persist: true }],
];

/** The scripts that shells were given; what varies are the words behind them, and their input. */
const scriptsOf = (commands: readonly LoggedCommand[]): string[] => {
    const scripts = commands.flatMap(({ argv }) => argv.filter((_, at) => argv[at - 1] === "-c"));
    return [...new Set(scripts)].sort();
};

describe("A shell", () => {
    const stack = useStack();
    let folder = "";
    beforeEach("a trip wire", async () => {
        folder = await mkdtemp(join(tmpdir(), "wire-"));
    });
    afterEach("the trip wire", () => rm(folder, { recursive: true }));

    /** One resource of each kind, all named so, in a stack and a project of such names; in a mark they are whole up to some 180 bytes. */
    async function upAndDown(name: string): Promise<readonly LoggedCommand[]> {
        const before = await takeSnapshot();
        const whole = name.replaceAll("/", "-").slice(0, 80);
        const owners = new Stack(whole, whole);
        const { commands } = await withCommandLog(async () => {
            for (const [kind, inputs] of PROGRAM) await owners.up(kind, name, inputs);
            const [near] = await ipJson("-n", "ns1", "-d", "link", "show", "dev", "near");
            assert.match(String(near?.ifalias), /^linuxnet:[A-Za-z0-9_.:/@%+=,~-]+$/);
            await owners.destroy();
        });
        await assertRestored(before);
        return commands;
    }

    it("is given the same scripts, whatever the resources are called, and runs nothing of their names", async function () {
        this.timeout(240_000);
        // A machine is looked at once.
        await upAndDown("first");
        const usual = scriptsOf(await upAndDown("usual"));
        assert.ok(usual.length > 5, usual.join("\n"));
        for (const text of HOSTILE) {
            const name = text.replaceAll("WIRE", join(folder, "tripped"));
            assert.deepEqual(scriptsOf(await upAndDown(name)), usual);
            assert.deepEqual(await readdir(folder), [], name);
        }
    });

    it("is given nothing by a create without a check, of what the check refuses", async () => {
        const before = await takeSnapshot();
        const texts = [...HOSTILE, "", " ", "..", "../x", "/etc/passwd", "a b", "-x", "a%d", "a:b", "a\tb"];
        const { mutating } = await withCommandLog(async () => {
            for (const text of texts) {
                const value = text.replaceAll("WIRE", join(folder, "tripped"));
                for (const [kind, usual] of PROGRAM) {
                    for (const property of Object.keys(usual).filter((key) => typeof usual[key] === "string")) {
                        const inputs = { ...usual, [property]: value };
                        // No addresses are a list, too.
                        if (property === "leftAddresses" && value === "") continue;
                        await assert.rejects(stack.resource(kind, "x").create(inputs), `${kind} ${property} ${value}`);
                    }
                }
            }
        });
        assert.deepEqual(mutating, []);
        assertSame(before, await takeSnapshot());
        assert.deepEqual(await readdir(folder), []);
    });
});
