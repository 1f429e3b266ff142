/** What a check came to when it was run again. */
export interface CheckResult {
    /** The resource's. */
    readonly name: string;
    /** For people: `ns1-dev`, `ns1 of left`. */
    readonly from: string;
    /** The address. */
    readonly to: string;
    /** `reply with ttl 63` */
    readonly expected: string;
    /** `reply, ttl 63`; of what could not be run, why. */
    readonly got: string;
    /** "error": no ping could be sent. */
    readonly outcome: "ok" | "failed" | "error";
    /** The ping, as a person would type it. */
    readonly sent: string | undefined;
    /** The first thing that is in the way. */
    readonly lookAt: string | undefined;
    readonly seconds: number;
}

/** All checks of a stack that were run. */
export interface CheckRun {
    /** `project/stack` */
    readonly stack: string;
    readonly begun: Date;
    readonly seconds: number;
    readonly results: readonly CheckResult[];
}

/** `ns1-dev → 192.168.2.2` */
export const wayOf = ({ from, to }: CheckResult): string => `${from} → ${to}`;

export const failures = ({ results }: CheckRun): readonly CheckResult[] =>
    results.filter(({ outcome }) => outcome !== "ok");
