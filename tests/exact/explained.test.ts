import assert from "node:assert/strict";
import { Paths } from "../../model/topology/path";
import { Topology } from "../../model/topology/topology";
import type { Verdict } from "../../model/topology/verdict";
import { Deployment, flatten, startAnew } from "../faults/deployment";
import { Family, randomNumbers } from "../faults/family";
import { prepareMachine, restoreMachine } from "../faults/machine";
import { programText } from "../faults/random-lab";
import type { Declared } from "../faults/reference/lab";
import { command } from "../support/kernel";
import { ping } from "../support/ping";
import { sweep } from "../support/provider";
import { type Broken, breakOne } from "./explained/break";
import { type Whole, wholeLab } from "./explained/lab";

/** So many are possible that the one that is asked for is among them. */
const POSSIBLE = 10_000;
/** Beside the pair that the break concerns. */
const OTHERS = 5;

interface Question {
    readonly from: string;
    readonly to: string;
}

const idOf = (number: number): string => `lab ${number}`;

const modelOf = (declared: readonly Declared[]): Paths =>
    new Paths(new Topology(declared.map(({ kind, name, args }) => ({ kind, name, inputs: flatten(args) }))));

function questionsOf({ namespaces, addresses }: Whole): Question[] {
    return namespaces.flatMap((from) =>
        addresses.filter(({ namespace }) => namespace !== from).map(({ address }) => ({ from, to: address })),
    );
}

/** The kernel's own answer. */
async function assertAnswered({ from, to }: Question, verdict: Verdict): Promise<void> {
    const echo = await ping(from, to, { timeoutSeconds: 1 });
    const isReply = echo.kind === "reply";
    const expected = `${verdict.outcome} (${verdict.missing?.what ?? "all is there"})`;
    assert.equal(
        isReply,
        verdict.outcome === "reply",
        `${from} to ${to}: ${JSON.stringify(echo)}, and not ${expected}`,
    );
    if (echo.kind === "reply") assert.equal(echo.ttl, verdict.ttl, `${from} to ${to}: the ttl`);
    // What a neighbour does not answer is an error only after three seconds, and silence before.
    if (echo.kind === "unreachable") assert.equal(verdict.outcome, "unreachable", `${from} to ${to}: ${echo.text}`);
}

/** The question that the break is the answer to, if it is to any. */
function concerned(whole: Paths, broken: Paths, questions: readonly Question[]): Question | undefined {
    return questions.find(
        ({ from, to }) => whole.ask(from, to).outcome === "reply" && broken.ask(from, to).outcome !== "reply",
    );
}

describe("Why A does not reach B", () => {
    const family = new Family("explained", { full: 500, sample: 12 });
    let told = 0;

    beforeEach("the machine", async () => {
        await prepareMachine();
    });
    afterEach("the machine", () => restoreMachine());

    async function ask(lab: Whole, broken: Broken, lot: (below: number) => number): Promise<void> {
        const [before, after] = [modelOf(lab.declared), modelOf(broken.declared)];
        const all = questionsOf(lab);
        for (const { from, to } of all) assert.equal(before.ask(from, to).outcome, "reply", `${from} to ${to}`);
        const first = concerned(before, after, all);
        const others = Array.from({ length: OTHERS }, () => all[lot(all.length)]).filter((one) => one !== undefined);
        for (const line of broken.commands) await command(["sh", "-c", line]);
        const asked = [...(first ? [first] : []), ...others];
        await Promise.all(asked.map((one) => assertAnswered(one, after.ask(one.from, one.to))));
        if (first === undefined) return;
        const { missing } = after.ask(first.from, first.to);
        assert.match(missing?.what ?? "nothing", broken.named, `${first.from} to ${first.to}`);
        told++;
    }

    async function run(number: number): Promise<void> {
        const random = randomNumbers(`explained ${number}`);
        const lot = (below: number): number => Math.floor(random() * below);
        const lab = wholeLab(lot);
        const broken = breakOne(lab, lot);
        const deployment = new Deployment(lab.declared);
        const hasPassed = await family.run(idOf(number), async () => {
            await deployment.up();
            await ask(lab, broken, lot).catch((error: Error) => {
                throw new Error(`${broken.title}: ${error.message}\n${programText(lab.declared)}`);
            });
            await deployment.destroy();
        });
        if (hasPassed) return;
        await sweep();
        startAnew();
    }

    it("is what the kernel says, too", async function () {
        this.timeout(0);
        const all = Array.from({ length: POSSIBLE }, (_, at) => at + 1);
        for (const number of family.choose(all, idOf, idOf)) await run(number);
        console.log(`explained: in ${told} of them the break stopped somebody, and was named`);
        family.finish();
    });
});
