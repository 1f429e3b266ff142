import assert from "node:assert/strict";
import { backgroundPing } from "../support/background-ping";
import { listChanges } from "../support/engine-events";
import { command, readSetting } from "../support/kernel";
import type { Lab } from "../support/lab";
import { assertReply } from "../support/ping";
import { sweep } from "../support/provider";
import type { Snapshot } from "../support/snapshot";
import { Family } from "./family";
import { assertNothingLeft, prepareMachine, restoreMachine } from "./machine";
import {
    assertSucceeded,
    CHANGES,
    change,
    identityOf,
    makeNeighbour,
    namespaceOf,
    RESOURCES,
    recordsOf,
    thingsOf,
    wholeOf,
} from "./neighbours";

const STACKS = 8;
const CYCLES = 20;
/** The lab that stays, through all that the others do. */
const PERMANENT = 9;

/** Somebody's network beyond the host, which forwards to it. */
const OUTSIDE = `
ip netns add outside
ip link add name outside0 type veth peer name eth0 netns outside
ip address add 10.250.0.1/24 dev outside0
ip link set dev outside0 up
ip -n outside address add 10.250.0.2/24 dev eth0
ip -n outside link set dev eth0 up
ip -n outside route add default via 10.250.0.1`;
const BEYOND = "10.250.0.2";

interface Cycle {
    readonly stack: number;
    readonly cycle: number;
}

const idOf = ({ stack, cycle }: Cycle): string => `stack ${stack}, cycle ${cycle}`;

const ALL: readonly Cycle[] = Array.from({ length: CYCLES }).flatMap((_, cycle) =>
    Array.from({ length: STACKS }, (__, at) => ({ stack: at + 1, cycle: cycle + 1 })),
);

/** Up, a change and destroy of one stack, which finds its own things only, and nothing else of it is left. */
async function goRound(lab: Lab, stack: number, isFirst: boolean): Promise<void> {
    const up = await lab.up();
    assertSucceeded(up);
    assert.deepEqual([...listChanges(up)].sort(), RESOURCES.map((name) => `create ${name}`).sort());
    assert.deepEqual(await thingsOf(stack), wholeOf(stack, false));
    await assertReply(namespaceOf(stack), BEYOND, 63);

    await change(lab, true);
    // All are alike: one that is looked at before will do.
    const operations = isFirst ? [() => lab.preview(), () => lab.up()] : [() => lab.up()];
    for (const operate of operations) {
        const changed = await operate();
        assertSucceeded(changed);
        assert.deepEqual([...listChanges(changed)].sort(), CHANGES);
    }
    assert.deepEqual(await thingsOf(stack), wholeOf(stack, true));
    await assertReply(namespaceOf(stack), BEYOND, 63);

    const destroyed = await lab.destroy();
    assertSucceeded(destroyed);
    assert.deepEqual([...listChanges(destroyed)].sort(), RESOURCES.map((name) => `delete ${name}`).sort());
    assert.deepEqual(await thingsOf(stack), []);
    assert.equal(await recordsOf(stack), "");
}

describe("Several stacks on one machine", () => {
    const family = new Family("together", { full: STACKS * CYCLES, sample: 3 });
    const labs = new Map<number, Lab>();
    let start: Snapshot;
    let identity: string;

    before("a lab that stays", async function () {
        this.timeout(300_000);
        start = await prepareMachine();
        await command(["sh", "-ec", OUTSIDE]);
        const lab = await makeNeighbour(PERMANENT);
        labs.set(PERMANENT, lab);
        assertSucceeded(await lab.up());
        identity = await identityOf(PERMANENT);
    });
    after("the labs and the machine", async function () {
        this.timeout(300_000);
        for (const lab of labs.values()) await lab.remove();
        await sweep();
        await restoreMachine();
    });

    async function assertUndisturbed(): Promise<void> {
        assert.equal(await identityOf(PERMANENT), identity, "a neighbour's links are others, or were changed");
        assert.deepEqual(await thingsOf(PERMANENT), wholeOf(PERMANENT, false));
        assert.equal(await readSetting("net.ipv4.ip_forward"), "1");
    }

    /** One after the other: each stack does so beside the others. */
    async function goRounds(stack: number, cycles: readonly Cycle[]): Promise<void> {
        const lab = await makeNeighbour(stack);
        labs.set(stack, lab);
        for (const one of cycles) {
            const isDone = await family.run(idOf(one), async () => {
                await goRound(lab, stack, one === cycles[0]);
                await assertUndisturbed();
            });
            if (!isDone) await lab.destroy();
            await change(lab, false).catch(() => undefined);
        }
    }

    it("come up, change and go side by side, and none disturbs another", async function () {
        this.timeout(0);
        const cycles = family.choose(ALL, idOf, ({ stack }) => String(stack));
        const stacks = [...new Set(cycles.map(({ stack }) => stack))];
        const of = (stack: number): Cycle[] => cycles.filter((one) => one.stack === stack);
        const { sent, lost } = await backgroundPing(namespaceOf(PERMANENT), BEYOND, async () => {
            await Promise.all(stacks.map((stack) => goRounds(stack, of(stack))));
        });
        assert.deepEqual(lost, [], `of ${sent} packets of a neighbour some were lost`);
        await labs.get(PERMANENT)?.destroy();
        await command(["sh", "-ec", "ip link del dev outside0; ip netns del outside"]);
        await assertNothingLeft(start);
        family.finish();
    });
});
