import { appendFileSync } from "node:fs";
import Mocha from "mocha";
import { skipReason } from "../skip";

/** What mocha shows anyway, and a line of JSON for each test in the file that the whole run is counted from. */
class SuiteReporter extends Mocha.reporters.Spec {
    constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
        super(runner, options);
        const file: unknown = options.reporterOptions?.results;
        if (typeof file !== "string") throw new Error("Say where: --reporter-option results=FILE");
        const write = (line: object): void => appendFileSync(file, `${JSON.stringify(line)}\n`);
        const { EVENT_TEST_PASS, EVENT_TEST_FAIL, EVENT_TEST_PENDING, EVENT_RUN_END } = Mocha.Runner.constants;
        runner.on(EVENT_TEST_PASS, (test) => write({ outcome: "passed", title: test.fullTitle() }));
        runner.on(EVENT_TEST_FAIL, (test, error: Error) =>
            write({ outcome: "failed", title: test.fullTitle(), reason: error.message }),
        );
        runner.on(EVENT_TEST_PENDING, (test) =>
            write({ outcome: "skipped", title: test.fullTitle(), reason: skipReason(test) }),
        );
        runner.on(EVENT_RUN_END, () => write({ outcome: "end" }));
    }
}

export = SuiteReporter;
