import assert from "node:assert/strict";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Outcome, run } from "../support/kernel";
import { type Snapshot, takeSnapshot } from "../support/snapshot";
import { assertRestored } from "../support/snapshot-difference";

/** What each lab says of itself when it works: so many checks, in its outputs, and none that failed. */
const templates: Readonly<Record<string, number>> = {
    "point-to-point": 2,
    bridge: 6,
    router: 2,
    "router-on-host": 2,
    gateway: 10,
    "two-hosts": 8,
    overlay: 9,
    "fat-tree": 3,
};

const FILES = [".gitignore", "Pulumi.yaml", "README.md", "index.ts", "package.json", "tsconfig.json"];

describe("linuxnet init, of the packed package", () => {
    // Below the folder that has nothing but the package installed: what npm install would come to, without a registry.
    const outside = process.env["LINUXNET_TEST_OUTSIDE"] ?? "";
    const bin = (name: string): string => join(outside, "node_modules", ".bin", name);
    const options = ["--yes", "--skip-preview", "--non-interactive", "--color", "never"];
    let labs: string;
    let start: Snapshot;
    let deployed: string | undefined;

    afterEach("take away what a failed test has left", async () => {
        if (deployed !== undefined) await call(deployed, bin("linuxnet"), "destroy", ...options);
        deployed = undefined;
    });

    const call = (folder: string, ...argv: readonly string[]): Promise<Outcome> =>
        run(argv, { folder, timeoutSeconds: 200 });

    async function succeed(folder: string, ...argv: readonly string[]): Promise<string> {
        const { code, stdout, stderr } = await call(folder, ...argv);
        assert.equal(code, 0, stdout + stderr);
        return stdout;
    }

    before(async () => {
        start = await takeSnapshot();
        labs = join(outside, "labs");
        await mkdir(labs, { recursive: true });
    });

    it("lists the templates, each with a line", async () => {
        const lines = (await succeed(labs, bin("linuxnet"), "init", "--list")).trimEnd().split("\n");
        assert.deepEqual(
            lines.map((line) => line.split(" ", 1).join("")),
            Object.keys(templates),
        );
        for (const line of lines) assert.match(line, /^[\w-]+ {3,}\w.*$/);
    });

    for (const [name, checks] of Object.entries(templates)) {
        it(`writes ${name}, which up deploys, which works, and of which destroy leaves nothing`, async () => {
            const folder = join(labs, name);
            const told = await succeed(labs, bin("linuxnet"), "init", name, name);
            assert.match(told, new RegExp(`^The project ${name} is in .*\n\nNext:\n {2}cd ${name}\n {2}npm install\n`));
            assert.deepEqual((await readdir(folder)).sort(), FILES);
            assert.match(await readFile(join(folder, "README.md"), "utf8"), /^# .*\n\n {4}/, "a drawing comes first");

            deployed = folder;
            const up = await succeed(folder, bin("linuxnet"), "up", ...options);
            assert.equal(up.match(/Reachability \S+ created/g)?.length, checks, up);
            await succeed(folder, bin("linuxnet"), "destroy", ...options);
            deployed = undefined;
            await assertRestored(start);
        });
    }

    it("has written programs that compile with the settings beside them", async () => {
        const [first = "", ...others] = Object.keys(templates).map((name) => join(labs, name));
        await succeed(first, bin("tsc"));
        const { compilerOptions } = JSON.parse(await readFile(join(first, "tsconfig.json"), "utf8"));
        const files = others.map((folder) => join(folder, "index.ts"));
        await writeFile(join(labs, "tsconfig.json"), JSON.stringify({ compilerOptions, files }));
        await succeed(labs, bin("tsc"), "-p", labs);
    });

    it("writes nothing over what is there, and says what that is", async () => {
        const folder = join(labs, "taken");
        await mkdir(folder);
        await writeFile(join(folder, "index.ts"), "// mine\n");
        const { code, stdout, stderr } = await call(labs, bin("linuxnet"), "init", "router", "taken");
        assert.equal(code, 1);
        assert.equal(stdout, "");
        assert.match(stderr, /there is already: index\.ts\.\nNothing was written/);
        assert.deepEqual(await readdir(folder), ["index.ts"]);
        assert.equal(await readFile(join(folder, "index.ts"), "utf8"), "// mine\n");
    });

    it("takes a folder where the package has just been installed, and leaves its package.json as it is", async () => {
        const folder = join(labs, "installed");
        await mkdir(folder);
        const manifest = '{"dependencies":{"pulumi-linuxnet":"*"}}';
        await writeFile(join(folder, "package.json"), manifest);
        await succeed(folder, bin("linuxnet"), "init", "bridge", "--name", "my.lab_1");
        assert.equal(await readFile(join(folder, "package.json"), "utf8"), manifest);
        assert.match(await readFile(join(folder, "Pulumi.yaml"), "utf8"), /^name: my\.lab_1\n/);
    });

    const misuses: readonly (readonly [string, readonly string[], RegExp])[] = [
        ["a template that there is not", ["ruter"], /there is no template ruter\. There is point-to-point, bridge/],
        ["no template", [], /no template is given\. There is point-to-point/],
        ["a name that Pulumi refuses", ["router", "named", "--name", "my lab"], /given "my lab"\nexpected a name/],
        ["a further word", ["router", "named", "again"], /too many arguments/],
    ];
    for (const [what, args, words] of misuses) {
        it(`ends with 2 at ${what}, and has written nothing`, async () => {
            const before = await readdir(labs);
            const { code, stderr } = await call(labs, bin("linuxnet"), "init", ...args);
            assert.equal(code, 2, stderr);
            assert.match(stderr, words);
            assert.deepEqual(await readdir(labs), before);
        });
    }
});
