import { appendFileSync } from "node:fs";
import { placeParts } from "../../model/place";
import { netnsWord } from "./place";
import type { Reply } from "./step";

/** Appends each command to the file that LINUXNET_LOG names, one JSON object a line: for a person who wonders, and for tests that count. */
export function log({ step, code, stderr }: Reply, exchange: number, sent: Date): void {
    const file = process.env["LINUXNET_LOG"];
    if (!file) return;
    const entry = {
        sent: sent.toISOString(),
        at: new Date().toISOString(),
        host: placeParts(step.place).machine,
        /** Those of one number have gone to the machine, and come back, together. */
        exchange,
        namespace: netnsWord(step.place) ?? null,
        argv: step.argv,
        input: step.input.join("\n"),
        mutating: step.mutating,
        code,
        stderr: stderr.trim() || undefined,
    };
    appendFileSync(file, `${JSON.stringify(entry)}\n`);
}
