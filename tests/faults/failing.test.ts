import assert from "node:assert/strict";
import { Failure } from "../../provider/problem";
import { assertSettled, Refused, sweep } from "../support/provider";
import type { Snapshot } from "../support/snapshot";
import { assertRestored, takeSettledSnapshot } from "../support/snapshot-difference";
import { Deployment, startAnew, sweepAway } from "./deployment";
import { Family } from "./family";
import { assertNothingLeft, prepareMachine, restoreMachine } from "./machine";
import { MISDEEDS, type Misdeed, WORDS, withMisdeed } from "./misbehaving";

/** A failed up is run again, or given up: then destroy and `linuxnet gc` leave nothing. */
type Operation = "up" | "destroy" | "up, given up";

interface Case {
    readonly operation: Operation;
    readonly misdeed: Misdeed;
    readonly call: number;
}

const idOf = ({ operation, misdeed, call }: Case): string => `${operation}: call ${call} ${misdeed}`;

/** Every call goes wrong in one way before any does in another. */
const kindOf = ({ operation, call }: Case): string => `${operation === "destroy" ? "destroy" : "up"} ${call}`;

/** What a user has to be told. */
const TOLD: Readonly<Record<Misdeed, RegExp>> = {
    fails: new RegExp(WORDS),
    "works, then fails": new RegExp(WORDS),
    hangs: /in time|no answer to/,
    truncates: /answer/,
    "is interrupted": /130|no answer/,
    "is barred": /Operation not permitted/,
};

/** The command is named, as a person would type it or as it was run. */
const COMMAND = /\b(ip|bridge|sysctl|write|rm|unshare|sh) /;

function assertReadable(error: unknown, misdeed: Misdeed): void {
    assert.ok(error instanceof Error);
    // A check tells by its failures, which the tests' stack throws.
    const isTyped = error instanceof Failure || error instanceof Refused || "reasons" in error;
    assert.ok(isTyped, `not a message but an accident: ${error.stack}`);
    if (!(error instanceof Refused)) assert.equal(error.stack, "", "the engine prints a stack where there is one");
    assert.match(error.message, TOLD[misdeed]);
    assert.match(error.message, COMMAND);
}

describe("A command that goes wrong", () => {
    const family = new Family("failing", { full: 750, sample: 24 });
    let before: Snapshot;
    let whole: Snapshot;
    let all: readonly Case[];
    let told = 0;
    let deployment = new Deployment();

    beforeEach("an undisturbed deployment", async function () {
        this.timeout(60_000);
        before = await prepareMachine();
        const count = async (misdeed: Misdeed, work: () => Promise<void>): Promise<number> => {
            const { calls, error } = await withMisdeed(misdeed, 0, work);
            if (error !== undefined) throw error;
            return calls;
        };
        all = [];
        for (const misdeed of ["fails", "truncates"] as const) {
            const up = await count(misdeed, () => deployment.up());
            whole = await takeSettledSnapshot();
            const destroy = await count(misdeed, () => deployment.destroy());
            const alike = MISDEEDS.filter((one) => (one === "truncates") === (misdeed === "truncates"));
            const upTo = (calls: number, operation: Operation): Case[] =>
                Array.from({ length: calls }, (_, at) => at + 1).flatMap((call) =>
                    alike.map((one) => ({ operation, misdeed: one, call })),
                );
            all = [...all, ...upTo(up, "up"), ...upTo(destroy, "destroy"), ...upTo(up, "up, given up")];
        }
        await assertNothingLeft(before);
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

    async function goWrong({ misdeed, call }: Case, work: () => Promise<void>): Promise<void> {
        const { hit, error } = await withMisdeed(misdeed, call, work);
        try {
            if (error === undefined) return;
            assert.ok(hit !== undefined, "it has failed without a reason");
            assertReadable(error, misdeed);
            told++;
        } catch (problem) {
            throw new Error(`${Object(problem).message}\nof: ${hit}\nwas: ${Object(error).message}`);
        }
    }

    const works: Readonly<Record<Operation, (one: Case) => Promise<void>>> = {
        async up(one) {
            await deployment.destroy();
            await goWrong(one, () => deployment.up());
            await deployment.up();
            await assertRestored(whole);
            await assertSettled(...deployment.resources.slice(0, 1));
        },
        async destroy(one) {
            await deployment.up();
            await goWrong(one, () => deployment.destroy());
            await deployment.destroy();
            await assertNothingLeft(before);
        },
        async "up, given up"(one) {
            await deployment.destroy();
            await goWrong(one, () => deployment.up());
            await deployment.destroy();
            await sweepAway();
            await assertNothingLeft(before);
        },
    };

    it("is told as it is, and whoever comes next goes on from there", async function () {
        this.timeout(0);
        const cases = family.choose(all, idOf, kindOf);
        const of = (operation: Operation): Case[] => cases.filter((one) => one.operation === operation);
        const [ups, destroys, given] = [of("up"), of("destroy"), of("up, given up")];
        // A destroy behind an up needs none of its own.
        for (let round = 0; round < Math.max(ups.length, destroys.length); round++) {
            for (const one of [ups[round], destroys[round]]) if (one) await run(one, () => works[one.operation](one));
        }
        for (const one of given) await run(one, () => works[one.operation](one));
        await deployment.destroy();
        console.log(`failing: ${all.length} possible cases; ${told} of those run ended with an error`);
        family.finish();
    });
});
