import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stripVTControlCharacters } from "node:util";
import { ip } from "../support/kernel";
import { type Lab, type Operation, useLab } from "../support/lab";
import { linuxnet } from "../support/linuxnet";
import { processesBelow } from "../support/processes";
import { assertSucceeded } from "./every-example";

/** What of an operation's text is the same in two of them: not how long something took, nor what came first, or was said again. */
const shown = (text: string, lab: Lab): string[] => {
    const lines = stripVTControlCharacters(text)
        .replaceAll(lab.folder, "FOLDER")
        .replace(/\d+ promises? (was|were)/g, "promises were")
        .replace(/ \([\d.]+m?s\)|^Duration: .*$|^@ .*$/gm, "")
        .split("\n")
        .map((line) => line.trim())
        // Of where it was, only what is in the program; and nothing of what the engine says of a stack only when it takes its time.
        .filter((line) => line !== "" && !/^at (?!.*FOLDER)|^- .*node_modules|^pulumi:pulumi:Stack \S+$/.test(line))
        .sort();
    return [...new Set(lines)];
};

/** The outputs of a stack that has not changed: now and then the engine is done before they have come to those who show them. */
const OUTPUTS = /^Outputs:\n(?: {4}.*\n)+/gm;

const hasOutputs = ({ text }: Operation): boolean => stripVTControlCharacters(text).search(OUTPUTS) >= 0;

const isUnchanged = ({ text }: Operation): boolean =>
    /^Resources:\n {4}\d+ unchanged$/m.test(stripVTControlCharacters(text));

/** Both as they are shown; what one alone has told of outputs that have not changed is left out. */
function bothShown(own: Operation, lab: Lab, usual: Operation, plain: Lab): [string[], string[]] {
    const isAlike = hasOutputs(own) === hasOutputs(usual) || !isUnchanged(own);
    const textOf = ({ text }: Operation): string =>
        isAlike ? text : stripVTControlCharacters(text).replaceAll(OUTPUTS, "");
    return [shown(textOf(own), lab), shown(textOf(usual), plain)];
}

/** A program of a resource whose provider is a class of its own, by Pulumi's own means. */
const OTHERS = `import * as pulumi from "@pulumi/pulumi";
import * as linuxnet from "pulumi-linuxnet";
const greeting = "hello";
class Greeter implements pulumi.dynamic.ResourceProvider {
    async create(inputs: { to: string }) {
        console.log("greeting " + inputs.to);
        return { id: inputs.to, outs: { ...inputs, text: greeting + ", " + inputs.to } };
    }
    async update(_id: string, _olds: unknown, news: { to: string }) {
        if (news.to === "nobody") throw new Error("there is nobody");
        return { outs: { ...news, text: greeting + ", " + news.to } };
    }
    async diff(_id: string, olds: { to: string }, news: { to: string }) {
        return { changes: olds.to !== news.to };
    }
}
class Greeting extends pulumi.dynamic.Resource {
    declare readonly text: pulumi.Output<string>;
    constructor(name: string, to: string) {
        super(new Greeter(), name, { to, text: undefined });
    }
}
const namespace = new linuxnet.Namespace("ns1");
export const text = new Greeting("greeting", "world").text;
export const name = namespace.name;
`;

const PROGRAMS: Readonly<Record<string, string>> = {
    throws: 'throw new Error("no such luck");',
    "throws what is no error": 'throw "a text";',
    // It is still at work then: what is thrown behind its end is told otherwise.
    "throws where nobody catches it": [
        "setTimeout(() => {",
        '    throw new Error("too late");',
        "}, 10);",
        "export const slow = new Promise((resolve) => setTimeout(resolve, 2000));",
    ].join("\n"),
    "has a promise that is rejected": 'void Promise.reject(new Error("never mind"));',
    "tells its mistake itself": 'import { RunError } from "@pulumi/pulumi";\nthrow new RunError("mistaken");',
    "ends itself with 3": "process.exit(3);",
    "ends itself with 0, with things to do":
        'import * as linuxnet from "pulumi-linuxnet";\nnew linuxnet.Namespace("ns1");\nprocess.exit(0);',
    "is not TypeScript": "const = 1;",
    "needs what is not there": 'import "not-there";',
    writes: 'console.log("one\\ntwo");\nconsole.error("three");\nprocess.stdout.write("four");',
    "goes on when it has been read":
        'import * as linuxnet from "pulumi-linuxnet";\nsetTimeout(() => new linuxnet.Namespace("late"), 100);',
    "exports promises and functions":
        "export = async () => ({ a: Promise.resolve(1), b: { c: [true, null] }, d: process.argv.length });",
    "imports another file": 'import { one } from "./other";\nexport const a: number = one;',
};

interface StateResource {
    readonly urn: string;
    readonly type: string;
    readonly sourcePosition?: string;
    readonly stackTrace?: readonly { readonly sourcePosition?: string }[];
}

/** What the state says of where in the program our resources are, when they have been made. */
async function tracesOf(lab: Lab) {
    assertSucceeded(await lab.up());
    const { stdout } = await linuxnet(lab, ["stack", "export"]);
    assertSucceeded(await lab.destroy());
    const { resources }: { resources: readonly StateResource[] } = JSON.parse(stdout).deployment;
    return resources
        .filter(({ type }) => type.includes("linuxnet:"))
        .map(({ urn, sourcePosition: position, stackTrace = [] }) => ({
            name: urn.slice(urn.lastIndexOf("::")),
            position,
            calls: stackTrace.map((call) => call.sourcePosition ?? ""),
        }))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
}

describe("An operation in one process", () => {
    const lab = useLab("point-to-point", { stack: "dev" });
    const plain = useLab("point-to-point", { stack: "dev", environment: { LINUXNET_PLAIN: "1" } });

    /** Both ways: all that is done in one, and then in the other. */
    async function assertAlike(...operations: readonly (readonly [string, ...string[]])[]): Promise<Operation[]> {
        const run = async (one: Lab): Promise<Operation[]> => {
            const done: Operation[] = [];
            for (const operation of operations) done.push(await one.begin(...operation).done);
            return done;
        };
        const done = await run(lab);
        for (const [index, usual] of (await run(plain)).entries()) {
            const own = done[index] as Operation;
            assert.deepEqual(...bothShown(own, lab, usual, plain));
            assert.equal(own.exitCode, usual.exitCode);
        }
        return done;
    }

    async function write(text: string): Promise<void> {
        for (const one of [lab, plain]) await one.write(text);
    }

    /** How many Node processes it starts; what is forked of one and becomes another program is none. */
    async function nodesOf(one: Lab): Promise<number> {
        const programs = new Map<number, string>();
        const { child, done } = one.begin("up", "--yes");
        const isOver = done.then(() => true);
        while (!(await Promise.race([isOver, sleep(10, false)]))) {
            for (const { pid, program } of await processesBelow(child.pid ?? 0)) programs.set(pid, program);
        }
        assertSucceeded(await done);
        return [...programs.values()].filter((program) => /^node|^MainThread/.test(program)).length;
    }

    it("looks like one in many, and comes to the same", async () => {
        const outputs: unknown[] = [];
        for (const one of [lab, plain]) {
            assertSucceeded(await one.up());
            outputs.push(await one.outputs());
            assertSucceeded(await one.destroy());
        }
        assert.deepEqual(outputs[0], outputs[1]);
        const up = ["up", "--yes"] as const;
        const done = await assertAlike(["preview"], up, up, ["refresh", "--yes"], ["destroy", "--yes"]);
        for (const operation of done) assertSucceeded(operation);
    });

    it("starts no other Node process", async () => {
        const nodes = [await nodesOf(lab), await nodesOf(plain)];
        for (const one of [lab, plain]) assertSucceeded(await one.destroy());
        assert.equal(nodes[0], 0);
        assert.ok((nodes[1] ?? 0) > 3, `${nodes[1]}`);
    });

    it("tells the engine where in the program a resource is, and of fewer calls behind that", async () => {
        const [own = [], usual = []] = [await tracesOf(lab), await tracesOf(plain)];
        assert.equal(own.length, usual.length);
        for (const [index, { name, position, calls }] of own.entries()) {
            const other = usual[index];
            assert.deepEqual([name, position], [other?.name, other?.position]);
            const last = calls.findLastIndex((call) => /^project:\/\/\/index\.ts#\d+,\d+$/.test(call));
            assert.ok(last >= 0, calls.join(" "));
            // Behind the program's own calls is who runs it.
            assert.deepEqual(calls.slice(0, last + 1), other?.calls.slice(0, last + 1), name);
            assert.ok(calls.length < (other?.calls.length ?? 0), `${calls.length} calls`);
        }
    });

    it("loads no compiler for what it has compiled before", async () => {
        const log = join(lab.folder, ".loaded");
        const telling = `const { _load } = require("node:module");
            require("node:module")._load = (name, ...rest) => {
                if (name === "typescript") require("node:fs").appendFileSync(${JSON.stringify(log)}, "x");
                return _load(name, ...rest);
            };`;
        await lab.write(telling, "telling.cjs");
        const environment = { NODE_OPTIONS: `--require ${join(lab.folder, "telling.cjs")}` };
        const isLoaded = async (): Promise<boolean> => {
            await rm(log, { force: true });
            const { code, stdout, stderr } = await linuxnet(lab, ["preview"], { environment });
            assert.equal(code, 0, stdout + stderr);
            return existsSync(log);
        };
        await lab.write(`${await lab.read()}\n// Of this nothing is known yet.\n`);
        assert.equal(await isLoaded(), true);
        assert.equal(await isLoaded(), false);
        await lab.edit("nothing is known yet", "more is known");
        assert.equal(await isLoaded(), true);
    });

    for (const [what, program] of Object.entries(PROGRAMS)) {
        it(`does with a program that ${what} what many do`, async () => {
            await write(program);
            for (const one of [lab, plain]) await one.write("export const one: number = 1;", "other.ts");
            await assertAlike(["preview"]);
        });
    }

    it("has room for the dynamic providers of others", async () => {
        await write(OTHERS);
        const [made] = await assertAlike(["up", "--yes"]);
        assert.match(made?.text ?? "", /greeting world/);
        assert.match(made?.text ?? "", /hello, world/);
        for (const one of [lab, plain]) await one.edit('"world"', '"nobody"');
        for (const one of [lab, plain]) {
            const { text, exitCode } = await one.up();
            assert.match(text, /^ +error: there is nobody$/m);
            assert.equal(exitCode, 1);
        }
        for (const one of [lab, plain]) {
            await one.edit('"greeting", "nobody"', '"greeting", "all"');
            const up = await one.up();
            assertSucceeded(up);
            assert.match(up.text, /hello, all/);
            assertSucceeded(await one.destroy());
        }
    });

    it("tells a removal that is refused as it is", async () => {
        assertSucceeded(await lab.up());
        await ip("-n", "ns1-dev", "link", "add", "name", "theirs", "type", "bridge");
        const refused = await lab.destroy();
        assert.equal(refused.succeeded, false);
        assert.match(refused.text, /theirs/);
        assert.doesNotMatch(refused.text, /\w\.:\s*$/m);
        await ip("-n", "ns1-dev", "link", "del", "dev", "theirs");
        assertSucceeded(await lab.destroy());
    });

    it("shows its program the configuration, secrets, too", async () => {
        await write(
            'import * as pulumi from "@pulumi/pulumi";\nconst config = new pulumi.Config();\n' +
                'export const all = [config.requireNumber("number"), config.requireSecret("word"), pulumi.getProject()];',
        );
        for (const one of [lab, plain]) {
            await one.command("config", "set", "--stack", "dev", "--secret", "word", "hidden");
            await one.configure("number", "7");
        }
        const [up] = await assertAlike(["up", "--yes"], ["destroy", "--yes"]);
        assert.match(up?.text ?? "", /0\]: 7\n.*1\]: \[secret\]\n.*2\]: "point-to-point"/);
    });
});
