import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Order } from "./fixtures/deployer";

const root = join(__dirname, "..", "..");

/** A process of its own that deploys what it is told; whoever starts it sees what it says. */
export class Deployer {
    readonly child: ChildProcess;
    #text = "";

    constructor(order: Order, before: readonly string[] = []) {
        const register = join(root, "tests", "support", "register.cjs");
        const script = join(__dirname, "fixtures", "deployer.ts");
        const words = [...before, process.execPath, "--require", register, script, JSON.stringify(order)];
        this.child = spawn(words[0] ?? "", words.slice(1), { stdio: ["ignore", "pipe", "pipe"], cwd: root });
        for (const stream of [this.child.stdout, this.child.stderr]) {
            stream?.setEncoding("utf8").on("data", (text: string) => {
                this.#text += text;
            });
        }
    }

    /** Until it has said so much; what it has said. */
    async says(pattern: RegExp, seconds = 30): Promise<string> {
        for (const end = performance.now() + seconds * 1000; performance.now() < end; await sleep(10)) {
            if (pattern.test(this.#text) || this.child.exitCode !== null) break;
        }
        return this.#text;
    }

    async end(signal: NodeJS.Signals): Promise<void> {
        if (this.child.exitCode !== null || this.child.signalCode !== null) return;
        const closed = once(this.child, "close");
        this.child.kill(signal);
        await closed;
    }
}
