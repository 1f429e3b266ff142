import assert from "node:assert/strict";
import { Failure } from "../../../provider/problem";
import { remnantsOf, removeRemnant } from "../../../provider/remnants";
import { command, run } from "../../support/kernel";
import { assertSettled, Refused, type Resource, Stack, sweep } from "../../support/provider";
import type { Snapshot } from "../../support/snapshot";
import { diffSnapshots, settle } from "../../support/snapshot-difference";
import { startAnew } from "../deployment";
import { setApart } from "../machine";
import { look, newIn, only } from "./look";
import type { After, Before, Declared, Outcome } from "./scene";

export interface Case {
    readonly id: string;
    readonly kind: string;
    play(): Promise<void>;
}

type Scene = Before | After;

const shell = (script: string): Promise<string> => command(["sh", "-euc", script]);

/** The resources of a stack, in the order of the program. */
function declared(stack: Stack, list: readonly Declared[]): { resource: Resource; inputs: Declared["inputs"] }[] {
    return list.map(({ kind, inputs }, at) => ({ resource: stack.resource(kind, `${kind}${at}`), inputs }));
}

async function destroy(resources: readonly { resource: Resource }[]): Promise<void> {
    for (const { resource } of resources.toReversed()) await resource.delete();
}

/** One scene, set up anew: who stands on it, and the machine as each of them has found it. */
class Stage {
    readonly #others;
    readonly ours;
    empty: Snapshot = new Map();

    constructor(readonly scene: Scene) {
        this.ours = declared(new Stack("test"), scene.ours);
        this.#others = declared(new Stack("other"), scene.others ?? []);
    }

    get subject() {
        const last = this.ours.at(-1);
        assert.ok(last !== undefined, "a scene without us");
        return last;
    }

    async begin(): Promise<void> {
        await setApart();
        await shell(this.scene.given ?? "");
        this.empty = await look();
    }

    /** What a refresh has found gone is not known to the engine any more, and what is left of it is swept away behind it. */
    async weGo(): Promise<void> {
        const isKnown = this.subject.resource.id !== undefined;
        await destroy(this.ours);
        if (isKnown) return;
        const stack = { project: "lab", stack: "test", name: "" };
        for (const remnant of await remnantsOf(stack)) await removeRemnant(remnant);
        startAnew();
    }

    async theyCome(): Promise<void> {
        await shell(this.scene.theirs ?? "");
        for (const { resource, inputs } of this.#others) await resource.up(inputs);
    }

    async theyGo(): Promise<void> {
        await destroy(this.#others);
        await shell(this.scene.away ?? "");
    }

    /** Whatever has become of the case. */
    async clear(): Promise<void> {
        await run(["sh", "-c", this.scene.away ?? ""]);
        await sweep();
    }

    /** Theirs is byte for byte what it was; what is ours may be there or not. */
    async assertKept(theirs: Snapshot): Promise<void> {
        const { yields, goes } = this.scene;
        const differences = (now: Snapshot): string[] =>
            diffSnapshots(theirs, only(theirs, now)).filter((line) => !(yields?.test(line) || goes?.test(line)));
        const now = await settle(theirs, async () => only(theirs, await look()), 3);
        assert.equal(differences(now).join("\n"), "", "what is theirs is not what it was");
    }
}

async function assertLook(before: Snapshot, message: string, goes?: RegExp): Promise<void> {
    const differences = diffSnapshots(before, await settle(before, look, 5));
    assert.equal(differences.filter((line) => !goes?.test(line)).join("\n"), "", message);
}

/** Does what it is expected to; returns whether it was refused. */
async function go(outcome: Outcome, work: () => Promise<unknown>): Promise<boolean> {
    if (outcome === "works") {
        await work();
        return false;
    }
    await assert.rejects(work, (error: Error) => {
        assert.match(error.message, outcome);
        const isTold = error instanceof Failure || error instanceof Refused || "reasons" in error;
        assert.ok(isTold, `not a message but an accident: ${error.stack}`);
        return true;
    });
    return true;
}

async function playBefore(scene: Before, how: "check" | "create"): Promise<void> {
    const stage = new Stage(scene);
    const { resource, inputs } = stage.subject;
    try {
        await stage.begin();
        for (const one of stage.ours.slice(0, -1)) await one.resource.up(one.inputs);
        await stage.theyCome();
        const before = await look();
        const isRefused = await go(scene[how], () => (how === "check" ? resource.up(inputs) : resource.create(inputs)));
        if (!isRefused) {
            await stage.assertKept(before);
            await assertSettled(resource);
        } else if (resource.id === undefined) await assertLook(before, "refused, it has changed something");
        await resource.delete();
        await assertLook(before, "ours has come and gone, and all is not as it was", scene.goes);
        await stage.theyGo();
        await destroy(stage.ours);
        await assertLook(stage.empty, "something is left");
    } finally {
        await stage.clear();
    }
}

async function operate(
    { refresh, ...scene }: After,
    operation: Operation,
    resource: Resource,
    inputs: Declared["inputs"],
) {
    if (operation !== "refresh") {
        const outcome = scene[operation] ?? "works";
        return go(outcome, () => (operation === "destroy" ? resource.delete() : resource.update(inputs)));
    }
    const [shows, outcome] = refresh ?? [[], "works"];
    assert.deepEqual(await resource.refresh(), shows);
    return go(outcome, () => resource.up(inputs));
}

const OPERATIONS = ["update", "refresh", "destroy"] as const;
type Operation = (typeof OPERATIONS)[number];

async function playAfter(scene: After, operation: Operation): Promise<void> {
    const stage = new Stage(scene);
    const { resource, inputs } = stage.subject;
    try {
        await stage.begin();
        for (const one of stage.ours) await one.resource.up(one.inputs);
        const whole = await look();
        await stage.theyCome();
        const before = await look();
        const theirs = newIn(whole, before);
        const isRefused = await operate(scene, operation, resource, inputs);
        if (isRefused) await assertLook(before, "refused, it has changed something");
        else await stage.assertKept(theirs);
        if (scene.destroy instanceof RegExp) await stage.theyGo();
        await (operation === "refresh" ? stage.weGo() : destroy(stage.ours));
        if (!(scene.destroy instanceof RegExp)) {
            await stage.assertKept(theirs);
            await stage.theyGo();
        }
        await assertLook(stage.empty, "something is left");
    } finally {
        await stage.clear();
    }
}

/** A scene of something that is there before is two cases, one of something that comes later up to three. */
export function casesOf(befores: readonly Before[], afters: readonly After[]): Case[] {
    const kindOf = ({ ours }: Scene): string => ours.at(-1)?.kind ?? "";
    const before = befores.flatMap((scene) =>
        (["check", "create"] as const).map((how) => ({
            id: `${kindOf(scene)}: ${scene.title}: ${how}`,
            kind: `${kindOf(scene)} before`,
            play: () => playBefore(scene, how),
        })),
    );
    const after = afters.flatMap((scene) =>
        OPERATIONS.filter((operation) => scene[operation] !== undefined).map((operation) => ({
            id: `${kindOf(scene)}: ${scene.title}: ${operation}`,
            kind: `${kindOf(scene)} ${operation}`,
            play: () => playAfter(scene, operation),
        })),
    );
    return [...before, ...after];
}
