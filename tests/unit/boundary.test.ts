import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

const root = join(__dirname, "..", "..");

/** The sources of a folder of the repository. */
function sources(folder: string): string[] {
    return readdirSync(join(root, folder)).flatMap((name) => {
        const path = join(folder, name);
        if (statSync(join(root, path)).isDirectory()) return sources(path);
        return /\.(ts|mjs|cjs|js)$/.test(name) ? [path] : [];
    });
}

/** What a file imports, statically or not, types too; its own files by their path in the repository. */
function importsOf(path: string): string[] {
    const text = readFileSync(join(root, path), "utf8");
    const names = text.matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\s*\(\s*)["']([^"'\n]+)["']/g);
    return Array.from(names, ([, name = ""]) =>
        name.startsWith(".") ? relative(root, resolve(root, dirname(path), name)) : name.replace(/^node:/, ""),
    );
}

/** The imports of folders that are not to be: `FILE: IMPORT`. */
const violations = (folders: readonly string[], isWrong: (name: string, path: string) => boolean): string[] =>
    folders.flatMap(sources).flatMap((path) =>
        importsOf(path)
            .filter((name) => isWrong(name, path))
            .map((name) => `${path}: ${name}`),
    );

const kinds = ["address", "bridge", "forwarding-setting", "namespace", "route", "simulated-host", "veth-pair", "vxlan"];

const isMachine = (name: string): boolean =>
    /^(child_process|fs|fs\/promises|execa|net|dgram|worker_threads|cluster)$/.test(name);

describe("the boundary", () => {
    it("is seen by this test", () => {
        assert.ok(importsOf("provider/host/runner.ts").includes("execa"));
        assert.ok(importsOf("provider/host/log.ts").includes("fs"));
        assert.ok(importsOf("sdk/bridge.ts").includes("model/name"));
        assert.ok(sources("provider").includes("provider/host/machine.ts"));
    });

    it("is provider/host: nothing else of the package runs commands or touches files", () => {
        const found = violations(
            ["model", "provider", "sdk"],
            (name, path) => isMachine(name) && !path.startsWith("provider/host/"),
        );
        assert.deepEqual(found, []);
    });

    it("leaves the model pure: neither Pulumi nor a machine nor another layer", () => {
        const allowed = /^(model\/|valibot$|ip-address$|crypto$)/;
        assert.deepEqual(
            violations(["model"], (name) => !allowed.test(name)),
            [],
        );
    });

    it("keeps the SDK and the provider apart", () => {
        assert.deepEqual(
            violations(["sdk"], (name) => /^(provider|cli|toolchain)\b/.test(name)),
            [],
        );
        assert.deepEqual(
            violations(["provider"], (name) => /^(sdk|cli|toolchain)\b/.test(name)),
            [],
        );
    });

    it("keeps the kinds apart from the machine: they are plans, and know commands and questions as data", () => {
        const data = ["command", "netns", "place", "query"].map((name) => `provider/host/${name}`);
        const found = kinds.flatMap((kind) =>
            importsOf(`provider/${kind}.ts`).filter(
                (name) => name.startsWith("provider/host/") && !data.includes(name),
            ),
        );
        assert.deepEqual(found, []);
    });

    it("lets nothing depend on tests, examples or what is built", () => {
        const found = violations(["model", "provider", "sdk", "cli"], (name) =>
            /^(tests|examples|dist|benches)\b/.test(name),
        );
        assert.deepEqual(found, []);
    });
});

describe("each noun", () => {
    const nouns = [...kinds, "reachability"];
    const exists = (path: string): boolean => sources(dirname(path)).includes(path);

    for (const noun of nouns) {
        it(`has its file in each layer: ${noun}`, () => {
            const paths = ["sdk", "model", "provider"].map((layer) => `${layer}/${noun}.ts`);
            assert.deepEqual(
                paths.filter((path) => !exists(path)),
                [],
            );
        });
    }

    it("is all that the SDK and the provider offer", () => {
        const camel = (noun: string) => noun.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
        const offered = readFileSync(join(root, "provider/index.ts"), "utf8").matchAll(/^export const (\w+) =/gm);
        assert.deepEqual(Array.from(offered, ([, name]) => name).sort(), nouns.map(camel).sort());
        const classes = sources("sdk").flatMap((path) => {
            const text = readFileSync(join(root, path), "utf8");
            return Array.from(
                text.matchAll(/^export class (\w+) extends LinuxnetResource\b/gm),
                ([, name = ""]) => name,
            );
        });
        const pascal = (noun: string) => camel(`-${noun}`);
        assert.deepEqual(classes.sort(), nouns.map(pascal).sort());
    });
});
