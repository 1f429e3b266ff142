import assert from "node:assert/strict";
import { join } from "node:path";
import { backgroundPing } from "../support/background-ping";
import { listChanges } from "../support/engine-events";
import { ip } from "../support/kernel";
import { useLab } from "../support/lab";
import { assertReply } from "../support/ping";
import { type Snapshot, takeSnapshot } from "../support/snapshot";
import { assertRestored } from "../support/snapshot-difference";
import { assertSucceeded } from "./every-example";

const indexOf = async (...at: readonly string[]): Promise<string | undefined> => /^(\d+):/.exec(await ip(...at))?.[1];

describe("pulumi stack rename", () => {
    let start: Snapshot;
    before(async () => {
        start = await takeSnapshot();
    });
    const named = useLab(join(__dirname, "..", "faults", "reference"));
    const byStack = useLab("point-to-point", { stack: "before" });

    it("leaves a lab of names that the program gives as it is, and its own", async () => {
        assertSucceeded(await named.up());
        const index = await indexOf("link", "show", "br1");
        await named.rename("other");
        const { lost } = await backgroundPing("a", "10.1.0.3", async () => {
            const up = await named.up();
            assertSucceeded(up);
            assert.ok(listChanges(up).length > 0);
            assert.ok(
                listChanges(up).every((change) => change.startsWith("update ")),
                listChanges(up).join("\n"),
            );
        });
        assert.deepEqual(lost, []);
        assert.equal(await indexOf("link", "show", "br1"), index);
        assert.match(await ip("link", "show", "br1"), /alias linuxnet:faults\/other\/br1/);
        assert.deepEqual(listChanges(await named.up()), []);
    });

    it("can be followed by a refresh, a change and a destroy", async () => {
        await named.rename("third");
        const refresh = await named.refresh();
        assertSucceeded(refresh);
        assert.deepEqual(listChanges(refresh), []);
        await named.edit('"10.2.0.1/24"', '"10.2.0.1/24", "10.3.0.1/24"', "lab.ts");
        assertSucceeded(await named.up());
        assert.match(await ip("address", "show", "br2"), /10\.3\.0\.1/);
        await named.rename("fourth");
        assertSucceeded(await named.destroy());
        await assertRestored(start);
    });

    it("gives names that come of the stack's name the new one, with all that stands on them", async () => {
        assertSucceeded(await byStack.up());
        await byStack.rename("after");
        assertSucceeded(await byStack.up());
        await assertReply("ns1-after", "192.168.1.2", 64);
        assert.equal(await ip("netns", "list").then((list) => list.includes("before")), false);
        assert.deepEqual(listChanges(await byStack.up()), []);
        assertSucceeded(await byStack.destroy());
        await assertRestored(start);
    });
});
