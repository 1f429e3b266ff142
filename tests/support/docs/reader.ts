import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { run } from "../kernel";
import type { Page, Step } from "./page";
import { isPrinted } from "./printed";

/** Does what a page says, in the order of the page, in the folder of its lab. */
export class Reader {
    readonly #page: Page;
    readonly #lab: string;
    /** Where `cd` has led. */
    #folder: string;

    constructor(page: Page, folder: string) {
        this.#page = page;
        this.#lab = folder;
        this.#folder = folder;
    }

    /** The folder that the commands are in now. */
    get folder(): string {
        return this.#folder;
    }

    /** @throws AssertionError with the page, the line, what it shows and what was printed */
    async do(step: Step): Promise<void> {
        if (step.kind === "write") return this.#write(step.file, step.text);
        if (step.kind === "part") return this.#compare(step, await readFile(join(this.#lab, step.file), "utf8"));
        if (step.kind === "not run") return;
        const { code, printed } = await this.#run(step.text);
        const at = `${this.#page.path}:${step.line}\n$ ${step.text}\n`;
        assert.equal(code, step.code, `${at}ends with ${code}, and not with ${step.code}:\n${printed}`);
        if (step.prints === undefined || isPrinted(step.prints, printed)) return;
        assert.fail(`${at}prints\n${printed}\nand the page shows\n${step.prints}`);
    }

    async #write(file: string, text: string): Promise<void> {
        const path = join(this.#folder, file);
        await mkdir(dirname(path), { recursive: true });
        await writeFile(path, `${text}\n`);
    }

    #compare({ line, text }: Step, program: string): void {
        const isPart = `\n${program}\n`.includes(`\n${text}\n`);
        assert.ok(isPart, `${this.#page.path}:${line} is not a part of the file:\n${text}`);
    }

    /** One command after the other, to the first that fails; both outputs are on one screen. */
    async #run(text: string): Promise<{ code: number; printed: string }> {
        const last = `${this.#lab}.cd`;
        const script = `exec 2>&1; trap 'pwd >"${last}"' EXIT\n${text}\n`;
        const environment = { ...process.env, NO_COLOR: "1", npm_config_update_notifier: "false" };
        const options = { environment, folder: this.#folder, timeoutSeconds: 250 };
        const { code, stdout } = await run(["bash", "-e", "-c", script], options);
        this.#folder = (await readFile(last, "utf8")).trim();
        return { code, printed: stdout };
    }
}
