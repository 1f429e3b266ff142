import assert from "node:assert/strict";
import { load } from "js-yaml";
import { junit } from "../../cli/check/junit";
import type { CheckResult, CheckRun } from "../../cli/check/result";
import { table } from "../../cli/check/table";
import { tap } from "../../cli/check/tap";

const met: CheckResult = {
    name: "there",
    from: "ns1-dev",
    to: "192.168.2.2",
    expected: "reply with ttl 63",
    got: "reply, ttl 63",
    outcome: "ok",
    sent: "ip netns exec ns1-dev ping 192.168.2.2",
    lookAt: undefined,
    seconds: 0.0123,
};
const unmet: CheckResult = {
    ...met,
    name: 'back # "1" \\ <&>',
    from: "ns2 of left",
    got: "no answer",
    outcome: "failed",
    lookAt: "ns-router does not forward: declare a ForwardingSetting",
    seconds: 3,
};
const notRun: CheckResult = {
    ...met,
    name: "gone",
    got: "ping did not run: \u001b\nnsenter: it's gone",
    outcome: "error",
    sent: undefined,
};

const run = (...results: CheckResult[]): CheckRun => ({
    stack: "router/dev",
    begun: new Date(Date.UTC(2001, 1, 3, 4, 5, 6)),
    seconds: 3.21,
    results,
});

const plain = (_: string, text: string): string => text;

describe("what checks came to", () => {
    it("as a table: what failed with what was sent and what to look at", () => {
        assert.deepEqual(table(run(met, unmet, notRun), plain).split("\n"), [
            "ns1-dev → 192.168.2.2      expected reply with ttl 63  got reply, ttl 63  ok       (there)",
            'ns2 of left → 192.168.2.2  expected reply with ttl 63  got no answer      FAILED   (back # "1" \\ <&>)',
            "    sent: ip netns exec ns1-dev ping 192.168.2.2",
            "    look at: ns-router does not forward: declare a ForwardingSetting",
            "ns1-dev → 192.168.2.2      expected reply with ttl 63                     NOT RUN  (gone)",
            "    ping did not run: \u001b",
            "    nsenter: it's gone",
            "",
            "1 of 3 checks as expected, in 3.2 s.",
            "",
        ]);
        assert.match(table(run(), plain), /^There is no Reachability in this lab/);
    });

    it("as TAP: a plan, a line for each, and YAML beneath what failed", () => {
        const text = tap(run(met, unmet, notRun));
        const [version, plan, first, second] = text.split("\n");
        assert.deepEqual(
            [version, plan, first, second],
            [
                "TAP version 14",
                "1..3",
                "ok 1 - there: ns1-dev → 192.168.2.2",
                'not ok 2 - back \\# "1" \\\\ <&>: ns2 of left → 192.168.2.2',
            ],
        );
        const blocks = Array.from(text.matchAll(/^ {2}---\n((?: {2}.*\n)*?) {2}\.\.\.$/gm), ([, block]) => block ?? "");
        assert.deepEqual(
            blocks.map((block) => load(block)),
            [
                {
                    expected: "reply with ttl 63",
                    got: "no answer",
                    sent: "ip netns exec ns1-dev ping 192.168.2.2",
                    look_at: "ns-router does not forward: declare a ForwardingSetting",
                    seconds: 3,
                },
                { expected: "reply with ttl 63", got: notRun.got, seconds: 0.012 },
            ],
        );
        assert.equal(tap(run()), "TAP version 14\n1..0 # SKIP there are no checks\n");
    });

    it("as JUnit: what XML has other signs for is written by them, and what it has not is not", () => {
        assert.deepEqual(junit(run(met, unmet, notRun)).split("\n"), [
            '<?xml version="1.0" encoding="UTF-8"?>',
            '<testsuites name="linuxnet check" tests="3" failures="1" errors="1" skipped="0" time="3.210">',
            '  <testsuite name="router/dev" tests="3" failures="1" errors="1" skipped="0" time="3.210" timestamp="2001-02-03T04:05:06">',
            '    <testcase name="there: ns1-dev → 192.168.2.2" classname="router.dev" time="0.012"/>',
            '    <testcase name="back # &quot;1&quot; \\ &lt;&amp;&gt;: ns2 of left → 192.168.2.2" classname="router.dev" time="3.000">',
            '      <failure message="expected reply with ttl 63, got no answer" type="reachability">expected reply with ttl 63, got no answer',
            "sent: ip netns exec ns1-dev ping 192.168.2.2",
            "look at: ns-router does not forward: declare a ForwardingSetting</failure>",
            "    </testcase>",
            '    <testcase name="gone: ns1-dev → 192.168.2.2" classname="router.dev" time="0.012">',
            '      <error message="ping did not run: \ufffd&#10;nsenter: it&apos;s gone" type="not-run">ping did not run: \ufffd',
            "nsenter: it&apos;s gone</error>",
            "    </testcase>",
            "  </testsuite>",
            "</testsuites>",
            "",
        ]);
    });
});
