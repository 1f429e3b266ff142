import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assertUninterrupted, countLosses } from "../support/background-ping";
import { listCommands, withCommandLog } from "../support/commands";
import { listChanges, readEvents } from "../support/engine-events";
import { diffSnapshots } from "../support/snapshot-difference";
import { readResults, summary } from "../support/suite/results.mjs";

describe("the count of a suite", () => {
    let folder: string;

    beforeEach(async () => {
        folder = await mkdtemp(join(tmpdir(), "results-"));
    });

    afterEach(() => rm(folder, { recursive: true }));

    const end = { code: 0, mustLookAround: true };
    const passed = { outcome: "passed", title: "works" };
    const clean = { outcome: "passed", title: "leaves nothing behind" };
    const ended = { outcome: "end" };

    async function count(lines: readonly object[], how = end): Promise<string> {
        const file = join(folder, "results.jsonl");
        await writeFile(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
        return summary(readResults("suite", file, how));
    }

    it("is the last line", async () => {
        assert.equal(await count([passed, ended, clean]), "2 passed, 0 failed");
    });

    it("names what was skipped, with the reason", async () => {
        const skipped = { outcome: "skipped", title: "delays", reason: "this kernel has no netem" };
        const text = await count([passed, skipped, ended, clean]);
        assert.equal(text, "Skipped:\n  suite: delays: this kernel has no netem\n\n2 passed, 0 failed, 1 skipped");
    });

    const failures: readonly { what: string; lines: readonly object[]; how?: typeof end; text: RegExp }[] = [
        { what: "a failed test", lines: [{ outcome: "failed", title: "t", reason: "r" }, ended, clean], text: /t: r/ },
        { what: "a suite without tests", lines: [ended, clean], text: /has no tests/ },
        { what: "a suite that did not end", lines: [passed, clean], text: /did not run to its end/ },
        { what: "a suite that nobody looked after", lines: [passed, ended], text: /could not be looked after/ },
        {
            what: "a skip without a reason",
            lines: [{ outcome: "skipped", title: "t" }, ended, clean],
            text: /t: skipped/,
        },
        {
            what: "an exit code",
            lines: [passed, ended, clean],
            how: { ...end, code: 7 },
            text: /ended with exit code 7/,
        },
    ];
    for (const { what, lines, how, text } of failures) {
        it(`has ${what} as failed`, async () => {
            const counted = await count(lines, how);
            assert.match(counted, text);
            assert.match(counted, /, 1 failed$/);
        });
    }
});

describe("the losses of a ping", () => {
    const output = (numbers: readonly number[], sent: number): string => {
        const replies = numbers.map(
            (number) =>
                `[100.${String(number).padStart(2, "0")}] 64 bytes from 10.0.0.2: icmp_seq=${number} ttl=64 time=0.04 ms`,
        );
        return `${replies.join("\n")}\n\n--- 10.0.0.2 ping statistics ---\n${sent} packets transmitted, x received\n`;
    };

    it("are the numbers without a reply, and the time without one", () => {
        assert.deepEqual(countLosses(output([1, 2, 5, 6], 6)), { sent: 6, lost: [3, 4], longestSilenceMs: 30 });
    });

    it("do not include a last packet that was still on its way", () => {
        assert.deepEqual(countLosses(output([1, 2], 3)).lost, []);
        assert.deepEqual(countLosses(output([1, 2], 5)).lost, [3, 4]);
    });

    it("are counted beyond what a packet's number can say", () => {
        const all = Array.from({ length: 65_540 }, (_, at) => at + 1).filter((number) => number !== 65_538);
        const heard = all.map((number) => number % 65_536);
        assert.deepEqual(countLosses(output(heard, 65_540)).lost, [65_538]);
    });

    it("cannot be counted when ping was killed", () => {
        assert.throws(() => countLosses("64 bytes from 10.0.0.2: icmp_seq=1 ttl=64"), /not stopped in order/);
    });

    it("are an interruption, and so is silence", () => {
        assertUninterrupted({ sent: 9, lost: [], longestSilenceMs: 20 });
        assert.throws(() => assertUninterrupted({ sent: 9, lost: [3], longestSilenceMs: 20 }), /some were lost/);
        assert.throws(() => assertUninterrupted({ sent: 9, lost: [], longestSilenceMs: 300 }), /no reply for 300 ms/);
    });
});

describe("the engine's account", () => {
    const urn = "urn:pulumi:test::router::pulumi-nodejs:linuxnet:VethPair::link1";
    const type = "pulumi-nodejs:linuxnet:VethPair";
    const event = (kind: string, op: string, old: object | null, wanted: object | null): string => {
        const state = (inputs: object | null) => inputs && { inputs: { __provider: String(old), ...inputs } };
        return JSON.stringify({ [kind]: { metadata: { op, urn, type, old: state(old), new: state(wanted) } } });
    };

    it("names the inputs that have changed, and what the user is shown", () => {
        const log = event(
            "resOutputsEvent",
            "update",
            { a: ["x", "y"], b: { c: 1 }, d: 1 },
            { a: ["x", "z", "w"], b: { c: 2 }, d: 1 },
        );
        const { steps } = readEvents(log, ` ~  ${type} link1 update [diff: ~a,b]\n`);
        const changed = ["a[1]", "a[2]", "b.c"];
        assert.deepEqual(steps, [
            { name: "link1", type: "VethPair", op: "update", changed, shown: "~a,b", failed: false },
        ]);
    });

    it("has a replacement as one step", () => {
        const log = [
            event("resOutputsEvent", "delete-replaced", { name: "a" }, null),
            event("resOutputsEvent", "replace", { name: "a" }, { name: "b" }),
            event("resOutputsEvent", "create-replacement", null, { name: "b" }),
        ];
        const { steps } = readEvents(log.join("\n"), "");
        assert.deepEqual(listChanges(readEvents(log.join("\n"), "")), ["replace link1: name"]);
        assert.deepEqual(
            steps.map(({ op, changed }) => ({ op, changed })),
            [{ op: "replace", changed: ["name"] }],
        );
    });

    it("says what failed, and why", () => {
        const error = { urn, severity: "error", message: "no such device\n" };
        const log = [
            event("resourcePreEvent", "create", null, { name: "a" }),
            JSON.stringify({ diagnosticEvent: { severity: "debug", message: "Registering resource" } }),
            JSON.stringify({ diagnosticEvent: error }),
            event("resOpFailedEvent", "create", null, { name: "a" }),
            JSON.stringify({ summaryEvent: { resourceChanges: { same: 1 } } }),
        ];
        const { steps, diagnostics, counts } = readEvents(log.join("\n"), "");
        assert.equal(steps[0]?.failed, true);
        assert.deepEqual(diagnostics, [{ name: "link1", severity: "error", message: "no such device" }]);
        assert.deepEqual(counts, { same: 1 });
    });
});

describe("the difference of two snapshots", () => {
    it("tells what is new, gone and changed", () => {
        const before = new Map([
            ["host link a", { mtu: "1500" }],
            ["host link b", {}],
        ]);
        const after = new Map([
            ["host link a", { mtu: "1400" }],
            ["host link c", {}],
        ]);
        assert.deepEqual(diffSnapshots(before, after), [
            "~ host link a: mtu 1500 → 1400",
            "- host link b",
            "+ host link c",
        ]);
    });

    it("leaves out what a new link or namespace implies, and nothing else", () => {
        const after = new Map([
            ["namespace ns1", {}],
            ["ns1 link lo", {}],
            ["ns10 link lo", {}],
            ["host link a", {}],
            ["host setting ipv4/conf/a/forwarding", { is: "1" }],
            ["host setting ipv4/conf/b/forwarding", { is: "1" }],
        ]);
        const expected = [
            "+ host link a",
            "+ host setting ipv4/conf/b/forwarding: is 1",
            "+ namespace ns1",
            "+ ns10 link lo",
        ];
        assert.deepEqual(diffSnapshots(new Map(), after), expected);
    });
});

describe("the provider's log of commands", () => {
    it("is told apart by what changes something", async () => {
        const argv = ["ip", "-batch", "-"];
        const { result, commands, mutating } = await withCommandLog(async () => {
            const log = process.env.LINUXNET_LOG ?? "";
            const lines = [
                { at: "", host: "local", namespace: null, argv: ["ip", "link"], mutating: false, code: 0 },
                {
                    at: "",
                    host: "local",
                    namespace: "ns1",
                    argv,
                    input: "link add\nlink set\n",
                    mutating: true,
                    code: 0,
                },
            ];
            await writeFile(log, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
            return "done";
        });
        assert.deepEqual([result, commands.length, mutating.length], ["done", 2, 1]);
        assert.equal(listCommands(mutating), "ns1: ip -batch -\n    link add\n    link set");
        assert.equal(process.env.LINUXNET_LOG, undefined);
    });

    it("is empty where nothing was run", async () => {
        assert.deepEqual((await withCommandLog(async () => undefined)).commands, []);
    });
});
