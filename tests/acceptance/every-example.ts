import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { listCommands, withCommandLog } from "../support/commands";
import { listChanges } from "../support/engine-events";
import { command } from "../support/kernel";
import { type Lab, type Operation, useLab } from "../support/lab";
import { type Snapshot, takeSnapshot } from "../support/snapshot";
import { assertRestored } from "../support/snapshot-difference";

/** A deployed example works: the checks of its topology, by plain ping and ip. */
export type Checks = (stack: string) => Promise<void>;

/** The stack that an example is deployed as, and the one that is put beside it. */
export const STACK = "dev";
const OTHER_STACK = "two";

/** A place on a simulated host, for plain ping and ip: its own namespace, or a named one. */
export function onSimulated(host: string, namespace?: string): string {
    return `/run/linuxnet/hosts/${host}/${namespace === undefined ? "net" : `netns/${namespace}`}`;
}

export interface Deployed {
    readonly lab: Lab;
    /** How it was before. */
    readonly start: Snapshot;
}

/** One lab for all tests of a `describe`, and the machine as it was before. */
export function useExample(example: string): Deployed {
    let start: Snapshot | undefined;
    before("look at the machine", async () => {
        start = await takeSnapshot();
    });
    const lab = useLab(example, { stack: STACK });
    return {
        lab,
        get start() {
            if (start === undefined) throw new Error("There is a snapshot inside of a test only.");
            return start;
        },
    };
}

/** The preview, and what it says there will be: how many of each kind. */
export function itPreviews({ lab }: Deployed, kinds: Readonly<Record<string, number>>): void {
    it("is previewed as so many things to create, and nothing else", async () => {
        const preview = await lab.preview();
        assertSucceeded(preview);
        assert.deepEqual([...new Set(preview.steps.map(({ op }) => op))], ["create"]);
        const found: Record<string, number> = {};
        for (const { type } of preview.steps) found[type] = (found[type] ?? 0) + 1;
        assert.deepEqual(found, kinds);
    });
}

export function itDeploys({ lab }: Deployed, checks: Checks): void {
    it("is deployed, and works", async () => {
        assertSucceeded(await lab.up());
        await checks(STACK);
    });
}

/** The pings of its own Reachability are no changes. */
export function itHasNothingToDoTwice({ lab }: Deployed): void {
    it("has nothing to do the second time, and runs no command that changes anything", async () => {
        const { result, commands, mutating } = await withCommandLog(() => lab.up());
        assertSucceeded(result);
        assert.deepEqual(listChanges(result), []);
        assert.ok(commands.length > 0, "nothing was looked at");
        assert.equal(listCommands(mutating), "");
    });
}

export interface Change {
    /** A text of the program, there once, and what takes its place. */
    readonly from: string;
    readonly to: string;
    /** The one resource that changes, the property of it, and how the engine shows that: `~leftAddresses`. */
    readonly resource: string;
    readonly property: string;
    readonly shown: string;
}

/** One change of the program is one change of the machine. Checks that come after it run again: that is said of them. */
export function itChanges({ lab }: Deployed, change: Change, look: () => Promise<void>, checks: Checks): void {
    it(`changes ${change.property} alone`, async () => {
        await lab.edit(change.from, change.to);
        const preview = await lab.preview();
        assertSucceeded(preview);
        assertOneUpdate(preview, change);
        const up = await lab.up();
        assertSucceeded(up);
        assertOneUpdate(up, change);
        await look();
        await checks(STACK);
    });
}

export interface Drift {
    /** What a person does to one resource: `ip -n ns1-dev address del 192.168.1.1/24 dev veth-ns1` */
    readonly by: readonly string[];
    /** How the refresh lists it: `update link: leftAddresses`; `delete to-ns2` for what is gone. */
    readonly found: string;
    /** How the refresh shows it to the user; nothing for what is gone. */
    readonly shown?: string;
}

/** Changes by hand are found, told as what they are, and put right. */
export function itRepairs({ lab }: Deployed, drifts: readonly Drift[], checks: Checks): void {
    const commands = drifts.flatMap(({ by }) => by);
    it(`finds and repairs: ${commands.join("; ")}`, async () => {
        const before = await takeSnapshot();
        for (const line of commands) await command(line.split(" "));
        const refresh = await lab.refresh();
        assertSucceeded(refresh);
        const found = refresh.steps.filter(({ op, changed }) => op === "delete" || changed.length > 0);
        const lines = found.map(({ op, name, changed, shown }) => {
            const what = op === "delete" ? `delete ${name}` : `update ${name}: ${changed.join(", ")}`;
            return `${what}, shown as ${shown}`;
        });
        const expected = drifts.map(({ found, shown }) => `${found}, shown as ${shown}`);
        assert.deepEqual(lines.toSorted(), expected.toSorted());
        assertSucceeded(await lab.up());
        await checks(STACK);
        await assertRestored(before);
    });
}

/**
 * The same program as another stack beside the first, which does not notice. Where both have addresses on the host, the other is
 * refused at first, with the line that cures it: that line is run as it stands.
 */
export function itStandsBesideAnother(example: string, checks: Checks, refused?: RegExp): void {
    const other = useLab(example, { stack: OTHER_STACK });
    let alone: Snapshot;

    it("does not mind another stack beside it", async () => {
        alone = await takeSnapshot();
        if (refused !== undefined) await cure(other, refused);
        await assertRestored(alone);
        assertSucceeded(await other.up());
        await checks(STACK);
        await checks(OTHER_STACK);
    });

    it("does not mind when the other one goes", async () => {
        assertSucceeded(await other.destroy());
        await assertRestored(alone);
        await checks(STACK);
    });
}

async function cure(other: Lab, refused: RegExp): Promise<void> {
    const preview = await other.preview();
    assert.equal(preview.succeeded, false);
    const message = preview.diagnostics.map((diagnostic) => diagnostic.message).join("\n");
    assert.match(message, refused);
    const [, line] = /pulumi (config set \S+ \S+)$/m.exec(message) ?? [];
    assert.ok(line !== undefined, message);
    await other.command(...line.split(" "), "--stack", OTHER_STACK);
}

/** What the engine evaluates to find the provider, and no other code: neither ours nor anybody's. */
export function itKeepsNoCodeInItsState({ lab }: Deployed): void {
    it("keeps no code in its state but the line that finds the provider", async () => {
        const resources = await lab.resources();
        assert.ok(resources.size > 0);
        for (const [name, resource] of resources) {
            const factory = resource.type.split(":").at(-1) ?? "";
            const [, stack, project] = /^urn:pulumi:([^:]+)::([^:]+)::/.exec(resource.urn) ?? [];
            const line =
                'exports.handler=()=>require("module").createRequire(process.cwd()+"/")("pulumi-linuxnet/provider").' +
                `${factory.charAt(0).toLowerCase()}${factory.slice(1)}("${project}/${stack}/${name}");`;
            const texts = allTexts({ ...resource });
            assert.deepEqual([...new Set(texts.filter((text) => text.startsWith("exports.")))], [line]);
            const code = /=>|function|require|exports|\{.*\}|[;\n]/;
            assert.deepEqual(
                texts.filter((text) => text !== line && code.test(text)),
                [],
            );
        }
    });
}

export function itLeavesNothing(deployed: Deployed): void {
    it("is destroyed, and leaves the machine as it was", async () => {
        assertSucceeded(await deployed.lab.destroy());
        await assertRestored(deployed.start);
    });
}

export function assertSucceeded(operation: Operation): void {
    assert.ok(operation.succeeded, operation.text);
}

function assertOneUpdate(operation: Operation, { resource, property, shown }: Change): void {
    const isCheck = (type: string): boolean => type === "Reachability";
    const updated = operation.steps.filter(({ op }) => op !== "same" && op !== "refresh");
    const lines = updated
        .filter(({ type }) => !isCheck(type))
        .map(({ op, name, changed, shown }) => ({ op, name, changed, shown }));
    assert.deepEqual(lines, [{ op: "update", name: resource, changed: [property], shown }]);
    for (const { op, changed } of updated.filter(({ type }) => isCheck(type))) {
        assert.deepEqual({ op, changed }, { op: "update", changed: ["triggers"] });
    }
}

/** Deploys another program for a while. The lab's own is put back, whatever becomes of it. */
export async function withProgram(
    lab: Lab,
    edit: (program: string) => string,
    work: () => Promise<void>,
): Promise<void> {
    const program = await readFile(join(lab.folder, "index.ts"), "utf8");
    await lab.write(edit(program));
    try {
        assertSucceeded(await lab.up());
        await work();
    } finally {
        await lab.write(program);
    }
}

/** The program without the statements that hold one of these words. */
export function without(program: string, ...words: readonly string[]): string {
    const lines = program.split("\n").filter((line) => !words.some((word) => line.includes(word)));
    return lines.join("\n");
}

/** Every string in it, keys included. */
function allTexts(value: unknown): readonly string[] {
    if (typeof value === "string") return [value];
    if (typeof value !== "object" || value === null) return [];
    return Object.entries(value).flatMap(([key, item]) => [key, ...allTexts(item)]);
}
