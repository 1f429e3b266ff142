import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { listCommands, withCommandLog } from "../support/commands";
import { listChanges } from "../support/engine-events";
import { useLab } from "../support/lab";
import { type Snapshot, takeSnapshot } from "../support/snapshot";
import { assertRestored } from "../support/snapshot-difference";
import {
    importState,
    type Records,
    readKept,
    readRecords,
    STACK,
    type State,
    stateVersions,
    versionFolder,
    writeRecords,
} from "../support/states";

describe("The states of all released versions", () => {
    it("have that of this one, which npm run states writes", () => {
        const { version } = JSON.parse(readFileSync(join(__dirname, "..", "..", "package.json"), "utf8"));
        assert.ok(stateVersions().includes(version), `${version} has none: npm run states`);
    });
});

for (const version of stateVersions()) {
    describe(`What ${version} has left`, () => {
        let start: Snapshot;
        before(async () => {
            start = await takeSnapshot();
        });
        const lab = useLab(versionFolder(version), { stack: STACK });

        // As it stands on a machine where that version has deployed it: to the kernel it is the same.
        it("takes the place of what this version makes of its program", async () => {
            const up = await lab.up();
            assert.ok(up.succeeded, up.text);
            await importState(lab, await readKept(version, "state.json"));
            await writeRecords((await readKept(version, "records.json")) as Records);
        });

        it("is previewed as no changes, with a look at the machine and without", async () => {
            for (const options of [[], ["--refresh"]]) {
                const preview = await lab.preview("--expect-no-changes", ...options);
                assert.ok(preview.succeeded, preview.text);
                assert.deepEqual(listChanges(preview), []);
            }
        });

        it("is refreshed without a change", async () => {
            const refresh = await lab.refresh("--expect-no-changes");
            assert.ok(refresh.succeeded, refresh.text);
        });

        it("is left as it is by an up, which runs no command that changes anything", async () => {
            const { result, mutating } = await withCommandLog(() => lab.up("--refresh"));
            assert.ok(result.succeeded, result.text);
            assert.deepEqual(listChanges(result), []);
            assert.equal(listCommands(mutating), "");
        });

        it("would be seen as a change if a property had another name or were written in another way", async () => {
            const state = (await readKept(version, "state.json")) as State;
            const text = JSON.stringify(state);
            for (const [from, to] of [
                ['"leftAddresses"', '"leftAddrs"'],
                ['"192.0.2.1/24, 2001:db8:2::1/64"', '"192.0.2.1/24 2001:db8:2::1/64"'],
            ] as const) {
                assert.ok(text.includes(from), `nothing in it is ${from}`);
                await importState(lab, JSON.parse(text.replaceAll(from, to)));
                const preview = await lab.preview("--expect-no-changes");
                assert.equal(preview.succeeded, false, preview.text);
                assert.match(listChanges(preview).join("\n"), /^update link: leftAdd/m);
            }
            await importState(lab, state);
        });

        it("is destroyed, and leaves the machine as it was", async () => {
            const destroy = await lab.destroy();
            assert.ok(destroy.succeeded, destroy.text);
            assert.deepEqual(await readRecords(), {});
            await assertRestored(start);
        });
    });
}
