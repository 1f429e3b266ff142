/** What `nft -j list ruleset` tells, as far as it is looked at here: libnftables-json(5). */
interface Ruleset {
    readonly nftables?: readonly {
        readonly chain?: {
            readonly family: string;
            readonly table: string;
            readonly name: string;
            readonly hook?: string;
            readonly policy?: string;
        };
        readonly rule?: {
            readonly family: string;
            readonly table: string;
            readonly chain: string;
            readonly expr?: readonly object[];
        };
    }[];
}

/** An unconditional end of a chain: a lone `drop` or `reject`, perhaps counted. */
const refuses = (expr: readonly object[] = []): boolean =>
    expr.length > 0 &&
    expr.every((one) => "drop" in one || "reject" in one || "counter" in one || "log" in one) &&
    expr.some((one) => "drop" in one || "reject" in one);

/** The chains by which nftables drops what the machine forwards and no rule lets through: `ip filter FORWARD`. */
export function droppingChains(text: string): string[] {
    let ruleset: Ruleset;
    try {
        ruleset = JSON.parse(text);
    } catch {
        return []; // nft said nothing that is JSON
    }
    const all = ruleset.nftables ?? [];
    const rules = all.flatMap(({ rule }) => (rule && refuses(rule.expr) ? [rule] : []));
    return all.flatMap(({ chain }) => {
        if (chain?.hook !== "forward") return [];
        const ends = rules.some(
            ({ family, table, chain: of }) => family === chain.family && table === chain.table && of === chain.name,
        );
        return chain.policy === "drop" || ends ? [`${chain.family} ${chain.table} ${chain.name}`] : [];
    });
}
