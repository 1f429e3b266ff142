import type { Paint } from "../colour.js";
import { columns } from "../table.js";
import { type CheckRun, failures, wayOf } from "./result.js";

/** `2 of 2 checks are as expected.` */
export function summary(run: CheckRun): string {
    const [all, failed] = [run.results.length, failures(run).length];
    if (all === 0) return "There is no Reachability in this lab: nothing was checked.";
    return `${all - failed} of ${all} ${all === 1 ? "check" : "checks"} as expected, in ${run.seconds.toFixed(1)} s.`;
}

/** A line for each check, what failed with what was sent and what to look at, and how many there were. */
export function table(run: CheckRun, paint: Paint): string {
    const rows = run.results.map((result) => {
        const { name, expected, got, outcome } = result;
        const word = outcome === "ok" ? "ok" : outcome === "failed" ? "FAILED" : "NOT RUN";
        const came = outcome === "error" ? "" : `got ${got}`;
        return [wayOf(result), `expected ${expected}`, came, word, `(${name})`];
    });
    const lines = columns(rows).map((line, at) => {
        const result = run.results[at];
        if (result === undefined || result.outcome === "ok") return line;
        const { outcome, got, sent, lookAt } = result;
        if (outcome === "error")
            return [paint("red", line), ...got.split("\n").map((words) => `    ${words}`)].join("\n");
        const more = [...(sent ? [`    sent: ${sent}`] : []), ...(lookAt ? [`    look at: ${lookAt}`] : [])];
        return [paint("red", line), ...more].join("\n");
    });
    const colour = run.results.length === 0 ? "yellow" : failures(run).length > 0 ? "red" : "green";
    return [...lines, ...(lines.length > 0 ? [""] : []), paint(colour, summary(run)), ""].join("\n");
}
