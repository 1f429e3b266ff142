import { type CheckResult, type CheckRun, wayOf } from "./result.js";

const ENTITIES: Readonly<Record<string, string>> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&apos;",
    "\n": "&#10;",
    "\t": "&#9;",
    "\r": "&#13;",
};

/** What XML 1.0 (2.2) has no character for, not even written as a number, and control characters that it advises against. */
const NO_CHARACTERS = /[^\P{Cc}\n\t\r]|[\ufffe\uffff]|\p{Cs}/gu;

const escaped = (text: string): string =>
    text.replace(NO_CHARACTERS, "\ufffd").replace(/[&<>"']/g, (one) => ENTITIES[one] ?? one);

/** In an attribute, white space as it is would be read as blanks. */
const attribute = (text: string): string => escaped(text).replace(/[\n\t\r]/g, (one) => ENTITIES[one] ?? one);

const attributes = (values: Readonly<Record<string, string | number>>): string =>
    Object.entries(values)
        .map(([name, value]) => ` ${name}="${attribute(String(value))}"`)
        .join("");

function testCase(result: CheckResult, suite: string): string[] {
    const { name, expected, got, outcome, sent, lookAt, seconds } = result;
    const values = { name: `${name}: ${wayOf(result)}`, classname: suite, time: seconds.toFixed(3) };
    if (outcome === "ok") return [`    <testcase${attributes(values)}/>`];
    const element = outcome === "failed" ? "failure" : "error";
    const message = outcome === "failed" ? `expected ${expected}, got ${got}` : got;
    const lines = [message, ...(sent ? [`sent: ${sent}`] : []), ...(lookAt ? [`look at: ${lookAt}`] : [])];
    return [
        `    <testcase${attributes(values)}>`,
        `      <${element}${attributes({ message, type: outcome === "failed" ? "reachability" : "not-run" })}>${escaped(lines.join("\n"))}</${element}>`,
        "    </testcase>",
    ];
}

/** As CI systems read the results of tests: https://github.com/testmoapp/junitxml */
export function junit({ stack, begun, seconds, results }: CheckRun): string {
    const count = (outcome: string): number => results.filter((one) => one.outcome === outcome).length;
    const counts = {
        tests: results.length,
        failures: count("failed"),
        errors: count("error"),
        skipped: 0,
        time: seconds.toFixed(3),
    };
    return [
        '<?xml version="1.0" encoding="UTF-8"?>',
        `<testsuites${attributes({ name: "linuxnet check", ...counts })}>`,
        `  <testsuite${attributes({ name: stack, ...counts, timestamp: begun.toISOString().replace(/\.\d+Z$/, "") })}>`,
        ...results.flatMap((result) => testCase(result, stack.replaceAll("/", "."))),
        "  </testsuite>",
        "</testsuites>",
        "",
    ].join("\n");
}
