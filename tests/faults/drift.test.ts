import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { command, ipJson } from "../support/kernel";
import { sweep } from "../support/provider";
import type { Snapshot } from "../support/snapshot";
import { takeSettledSnapshot } from "../support/snapshot-difference";
import { Deployment, startAnew } from "./deployment";
import type { Change } from "./drift-change";
import { changesOf } from "./drift-changes";
import { expectedFindings } from "./drift-expectation";
import { LabModel } from "./drift-model";
import { Family } from "./family";
import { assertAlike, assertNothingLeft, prepareMachine, restoreMachine } from "./machine";
import { LAB } from "./reference/lab";

/** What is done to the lab, one after the other. */
type Case = readonly Change[];

const idOf = (one: Case): string => one.map(({ what }) => what).join("; ");
const kindOf = (one: Case): string => one.map(({ kind }) => kind).join("; ");

/** Each change, and each two of which the second is possible after the first. */
function allCases(): readonly Case[] {
    const changes = changesOf(new LabModel(LAB));
    const pairs = changes.flatMap((first) => {
        const model = new LabModel(LAB);
        first.happen(model);
        return changes
            .filter((second) => second !== first && second.isPossible(model))
            .map((second) => [first, second]);
    });
    return [...changes.map((change) => [change]), ...pairs];
}

/** A namespace is gone before the other ends of what was in it: a person's next command comes later than that. */
async function awaitEnds({ devices, places }: LabModel): Promise<void> {
    const namespaces = [undefined, ...places.filter(({ isThere }) => isThere).map(({ name }) => name)];
    for (const namespace of namespaces) {
        const gone = devices.filter((device) => device.namespace === namespace && !device.isThere);
        for (let left = 100; left > 0 && gone.length > 0; left--) {
            const links = await ipJson(...(namespace === undefined ? [] : ["-n", namespace]), "link", "show");
            if (!gone.some(({ shownName }) => links.some(({ ifname }) => ifname === shownName))) break;
            await sleep(10);
        }
    }
}

describe("What is changed by hand", () => {
    const family = new Family("drift", { full: 1000, sample: 30 });
    let before: Snapshot;
    let whole: Snapshot;
    let deployment = new Deployment();

    async function deploy(): Promise<void> {
        before = await prepareMachine();
        deployment = new Deployment();
        await deployment.up();
        whole = await takeSettledSnapshot();
    }

    beforeEach("an undisturbed deployment", async function () {
        this.timeout(60_000);
        await deploy();
    });
    afterEach("the machine", () => restoreMachine());

    async function drift(changes: Case): Promise<void> {
        const model = new LabModel(LAB);
        for (const change of changes) {
            for (const line of change.commands) await command(line);
            change.happen(model);
            await awaitEnds(model);
        }
        assert.deepEqual(await deployment.refresh(), expectedFindings(model), "a refresh shows something else");
        await deployment.up();
        await assertAlike(whole);
        assert.deepEqual(await deployment.refresh(), new Map(), "a refresh shows something after the repair");
        assert.deepEqual(await deployment.differing(), [], "something is to be done after the repair");
    }

    it("is shown by a refresh, exactly, and repaired by an up", async function () {
        this.timeout(0);
        for (const one of family.choose(allCases(), idOf, kindOf)) {
            if (await family.run(idOf(one), () => drift(one))) continue;
            await sweep();
            startAnew();
            await deploy();
        }
        await deployment.destroy();
        await assertNothingLeft(before);
        family.finish();
    });
});
