import { type CheckRun, wayOf } from "./result.js";

/** In a description, a backslash and a hash are escaped: TAP 14. */
const escaped = (text: string): string => text.replace(/[\\#]/g, "\\$&");

/** Every JSON text is YAML. */
const line = ([key, value]: readonly [string, string | undefined]): string[] =>
    value === undefined ? [] : [`  ${key}: ${JSON.stringify(value)}`];

/** Version 14 of the Test Anything Protocol: https://testanything.org/tap-version-14-specification.html */
export function tap({ results }: CheckRun): string {
    if (results.length === 0) return "TAP version 14\n1..0 # SKIP there are no checks\n";
    const lines = results.flatMap((result, at) => {
        const { name, expected, got, outcome, sent, lookAt, seconds } = result;
        const said = `ok ${at + 1} - ${escaped(`${name}: ${wayOf(result)}`)}`;
        if (outcome === "ok") return [said];
        const details = Object.entries({ expected, got, sent, look_at: lookAt }).flatMap(line);
        return [`not ${said}`, "  ---", ...details, `  seconds: ${seconds.toFixed(3)}`, "  ..."];
    });
    return ["TAP version 14", `1..${results.length}`, ...lines, ""].join("\n");
}
