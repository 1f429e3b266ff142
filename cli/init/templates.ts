import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import { packageFolder } from "../../toolchain/package.mjs";

/** A lab to begin with: one of the examples, as it is tested. There is no other copy of it. */
export interface Template {
    readonly name: string;
    /** One line. */
    readonly description: string;
    /** Its index.ts. */
    readonly program: string;
    /** Its drawing, and what it teaches, in Markdown. */
    readonly text: string;
}

/** From the simplest to the largest. */
const ORDER = ["point-to-point", "bridge", "router", "router-on-host", "gateway", "two-hosts", "overlay", "fat-tree"];
const rank = (name: string): number => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length);

const examples = join(packageFolder, "examples");

/** The names of all templates. */
export const templateNames = (): string[] =>
    readdirSync(examples)
        .filter((name) => existsSync(join(examples, name, "index.ts")))
        .toSorted((a, b) => rank(a) - rank(b) || a.localeCompare(b));

/** The part of an example's README that holds anywhere: without its title, and what to do in its own folder. */
const textOf = (readme: string): string =>
    readme
        .replace(/^# .*\n+/, "")
        .split(/^In this folder/m, 1)
        .join("")
        .replace(/\[([^\]]+)\]\(\.\.\/[^)]*\)/g, "$1")
        .trimEnd();

/** The template of this name; undefined if there is none. */
export function readTemplate(name: string): Template | undefined {
    if (!templateNames().includes(name)) return undefined;
    const read = (file: string): string => readFileSync(join(examples, name, file), "utf8");
    const { description = "" } = Object(load(read("Pulumi.yaml")));
    return { name, description, program: read("index.ts"), text: textOf(read("README.md")) };
}

export const allTemplates = (): Template[] => templateNames().flatMap((name) => readTemplate(name) ?? []);
