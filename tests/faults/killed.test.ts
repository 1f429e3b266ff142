import assert from "node:assert/strict";
import { countCommands, killedAfter } from "../integration/interruption";
import { assertSettled, sweep } from "../support/provider";
import type { Snapshot } from "../support/snapshot";
import { assertRestored, takeSettledSnapshot } from "../support/snapshot-difference";
import { Deployment, startAnew, sweepAway } from "./deployment";
import { Family } from "./family";
import { assertNothingLeft, prepareMachine, restoreMachine } from "./machine";

/** Behind "forgotten", the state has heard of nothing: it is swept away, or deployed again. */
type Operation = "up" | "destroy" | "forgotten, swept" | "forgotten, up";

interface Case {
    readonly operation: Operation;
    readonly commands: number;
}

const idOf = ({ operation, commands }: Case): string => `${operation}, after ${commands} commands`;

/** For each number of commands; a destroy needs an up before it, so that one of each make a round. */
describe("The provider, killed after its k-th command", () => {
    const family = new Family("killed", { full: Number.POSITIVE_INFINITY, sample: 18 });
    let before: Snapshot;
    let whole: Snapshot;
    let all: readonly Case[];
    let deployment = new Deployment();

    beforeEach("an undisturbed deployment", async function () {
        this.timeout(60_000);
        before = await prepareMachine();
        const up = await countCommands(() => deployment.up());
        whole = await takeSettledSnapshot();
        await assertSettled(...deployment.resources);
        const destroy = await countCommands(() => deployment.destroy());
        await assertNothingLeft(before);
        const upTo = (operation: Operation, count: number): Case[] =>
            Array.from({ length: count + 1 }, (_, commands) => ({ operation, commands }));
        all = [
            ...upTo("up", up),
            ...upTo("destroy", destroy),
            ...upTo("forgotten, swept", up),
            ...upTo("forgotten, up", up),
        ];
    });
    afterEach("the machine", () => restoreMachine());

    /** After a failure, the next case finds the machine as it was nevertheless. */
    async function run(one: Case, work: () => Promise<void>): Promise<void> {
        if (await family.run(idOf(one), work)) return;
        await sweep();
        startAnew();
        await prepareMachine();
        deployment = new Deployment();
    }

    async function upAgain(): Promise<void> {
        await deployment.up();
        await assertRestored(whole);
    }

    async function destroyAgain(): Promise<void> {
        await deployment.destroy();
        await assertNothingLeft(before);
    }

    it("is gone on from, and leaves nothing, even where the state is lost", async function () {
        this.timeout(0);
        const cases = family.choose(all, idOf, idOf);
        const of = (operation: Operation): Case[] => cases.filter((one) => one.operation === operation);
        const [ups, destroys] = [of("up"), of("destroy")];
        for (let round = 0; round < Math.max(ups.length, destroys.length); round++) {
            const [up, destroy] = [ups[round], destroys[round]];
            if (up !== undefined) {
                await run(up, async () => {
                    await killedAfter(up.commands, () => deployment.up());
                    await upAgain();
                    await assertSettled(...deployment.resources);
                });
            }
            if (destroy === undefined) {
                await destroyAgain();
                continue;
            }
            await deployment.up();
            await run(destroy, async () => {
                await killedAfter(destroy.commands, () => deployment.destroy());
                await destroyAgain();
            });
        }
        for (const one of [...of("forgotten, swept"), ...of("forgotten, up")]) {
            await run(one, async () => {
                await killedAfter(one.commands, () => deployment.up());
                deployment = new Deployment();
                if (one.operation === "forgotten, up") {
                    await upAgain();
                    await destroyAgain();
                } else await sweepAway();
                await assertNothingLeft(before);
            });
        }
        assert.ok(cases.length > 0);
        family.finish();
    });
});
