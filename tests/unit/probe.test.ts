import assert from "node:assert/strict";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { HOST } from "../../model/place";
import { probe } from "../../provider/host/probe";
import type { Reply, Step } from "../../provider/host/step";
import { missingTools } from "../../toolchain/tools.mjs";

/** What `ip -V` says, as printed by each release. */
const said: readonly { release: string; line: string; isRefused?: true }[] = [
    { release: "4.20", line: "ip utility, iproute2-ss181023", isRefused: true },
    { release: "5.9", line: "ip utility, iproute2-5.8.0", isRefused: true },
    { release: "5.10, of Debian 11", line: "ip utility, iproute2-5.9.0" },
    { release: "5.10, of others", line: "ip utility, iproute2-5.10.0" },
    { release: "6.1", line: "ip utility, iproute2-6.1.0, libbpf 1.1.2" },
    { release: "6.15", line: "ip utility, iproute2-6.15.0, libbpf 1.1.2" },
    { release: "7.2", line: "ip utility, iproute2-7.2.0" },
];

describe("a machine's iproute2", () => {
    const replyOf = (step: Step, line: string): Reply => ({
        step,
        code: 0,
        skipped: false,
        stdout: `0\nroot\n${line}\n`,
        stderr: "",
    });

    const probed = (line: string): Promise<void> =>
        probe(async (steps) => steps.map((step) => replyOf(step, line)), {
            title: "host left",
            name: "left",
            place: HOST,
        });

    for (const { release, line, isRefused } of said) {
        it(`${release} is ${isRefused ? "refused" : "taken"}`, async () => {
            if (isRefused)
                await assert.rejects(probed(line), /"ip" on host left is too old .*: at least 5\.10 is needed/);
            else await assert.doesNotReject(probed(line));
        });
    }

    it("of BusyBox is refused", async () => {
        await assert.rejects(probed("BusyBox v1.35.0"), /"ip" on host left is not iproute2's/);
    });

    it("that says nothing has given no answer", async () => {
        await assert.rejects(probed(""), /no answer on host left to: ip -V\nit ended with code 0/);
    });

    describe("to the preparation", () => {
        const path = process.env.PATH;
        let folder: string;

        before(async () => {
            folder = await mkdtemp(join(tmpdir(), "ip-"));
            process.env.PATH = [folder, path].join(delimiter);
        });

        after(async () => {
            process.env.PATH = path;
            await rm(folder, { recursive: true });
        });

        for (const { release, line, isRefused } of said) {
            it(`${release} is ${isRefused ? "refused" : "taken"}`, async () => {
                const file = join(folder, "ip");
                await writeFile(file, `#!/bin/sh\necho "${line}"\n`);
                await chmod(file, 0o755);
                const problems = missingTools({ ip: "iproute2" }).map(({ reason }) => reason);
                assert.equal(problems.length, isRefused ? 1 : 0, problems.join());
                if (isRefused) assert.match(problems.join(), /5\.10 or newer is needed/);
            });
        }
    });
});
