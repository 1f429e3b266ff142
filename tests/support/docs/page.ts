import { readFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * A page of the docs as what a reader does with it, from the top to the bottom. A comment before a block says what the block is, where
 * that is not a matter of course; comments are not shown to the reader.
 *
 *     <!-- lab: examples/router -->        the page works on a copy of that project; `lab: empty`: in an empty folder
 *     <!-- file: index.ts -->              the block is written to that file of the lab
 *     <!-- part of: index.ts -->           the block is a part of that file, word by word
 *     <!-- ends with: 1 -->                the commands of the block end with this code; without it, with 0
 *     <!-- not run: why -->                the commands cannot be run by a test
 *
 * A block of `sh` is run. A block of `text` right behind it is what it prints.
 */
export interface Page {
    readonly path: string;
    /** The project whose copy is worked on; "empty" for an empty folder. A page without one has nothing to be run. */
    readonly lab: string | undefined;
    readonly steps: readonly Step[];
}

export type Step = { readonly line: number; readonly text: string } & (
    | { readonly kind: "run"; readonly code: number; readonly prints: string | undefined }
    | { readonly kind: "write"; readonly file: string }
    | { readonly kind: "part"; readonly file: string }
    | { readonly kind: "not run"; readonly reason: string }
);

interface Block {
    readonly line: number;
    readonly language: string;
    readonly text: string;
    /** The comment right before it: its name and its value. */
    readonly comment: readonly [string, string] | undefined;
    /** Whether there is nothing but empty lines between the block before and this one. */
    readonly follows: boolean;
}

const projectFolder = join(__dirname, "..", "..", "..");
const commentLine = /^<!-- ([a-z ]+): (.+) -->$/;

export async function readPage(path: string): Promise<Page> {
    return parsePage(path, await readFile(join(projectFolder, path), "utf8"));
}

/** @throws Error that says which line of which page has a comment that means nothing, or commands and no lab */
export function parsePage(path: string, markdown: string): Page {
    const blocks = readBlocks(markdown);
    const lab = /^<!-- lab: (.+) -->$/m.exec(markdown)?.[1];
    const steps = blocks.flatMap((block, at) => {
        const step = readStep(path, block, blocks[at + 1]);
        return step === undefined ? [] : [step];
    });
    const first = steps.find(({ kind }) => kind !== "not run");
    if (first !== undefined && lab === undefined) {
        throw new Error(
            `${path}:${first.line}: a page with commands says where they are run: <!-- lab: examples/router -->`,
        );
    }
    return { path, lab, steps };
}

function readStep(path: string, block: Block, next: Block | undefined): Step | undefined {
    const { line, text, language } = block;
    const [name, value = ""] = block.comment ?? [];
    if (name === "file") return { kind: "write", line, text, file: value };
    if (name === "part of") return { kind: "part", line, text, file: value };
    if (language !== "sh") {
        if (name === undefined) return undefined;
        throw new Error(`${path}:${line}: "${name}" says nothing of a block of ${language}`);
    }
    if (name === "not run") return { kind: "not run", line, text, reason: value };
    if (name !== undefined && name !== "ends with") throw new Error(`${path}:${line}: nobody knows what "${name}" is`);
    const prints = next?.follows && next.language === "text" ? next.text : undefined;
    return { kind: "run", line, text, code: name === undefined ? 0 : Number(value), prints };
}

function readBlocks(markdown: string): readonly Block[] {
    const lines = markdown.split("\n");
    const blocks: Block[] = [];
    let before: readonly string[] = [];
    for (let at = 0; at < lines.length; at++) {
        const [, fence, language = ""] = /^(`{3,})(\w*)$/.exec(lines[at] ?? "") ?? [];
        if (fence === undefined) {
            if (lines[at] !== "") before = [...before, lines[at] ?? ""];
            continue;
        }
        const end = lines.indexOf(fence, at + 1);
        const text = lines.slice(at + 1, end).join("\n");
        const [, name, value] = commentLine.exec(before.at(-1) ?? "") ?? [];
        const comment = name === undefined || name === "lab" ? undefined : ([name, value ?? ""] as const);
        blocks.push({ line: at + 1, language, text, comment, follows: blocks.length > 0 && before.length === 0 });
        before = [];
        at = end;
    }
    return blocks;
}
