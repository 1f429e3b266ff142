import { appendFileSync } from "node:fs";
import { HOST } from "./command";
import type { Reply } from "./step";

/** Appends each command to the file that LINUXNET_LOG names, one JSON object a line: for a person who wonders, and for tests that count. */
export function log({ step, code, stderr }: Reply): void {
    const file = process.env["LINUXNET_LOG"];
    if (!file) return;
    const entry = {
        at: new Date().toISOString(),
        host: "local",
        namespace: step.place === HOST ? null : step.place,
        argv: step.argv,
        input: step.input.join("\n"),
        mutating: step.mutating,
        code,
        stderr: stderr.trim() || undefined,
    };
    appendFileSync(file, `${JSON.stringify(entry)}\n`);
}
