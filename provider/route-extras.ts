/** What a route has in an answer of `ip -N -j -d route show` that no Route of ours can have. */
export interface ShownExtras {
    readonly metrics: readonly Readonly<Record<string, unknown>>[];
    readonly pref?: string | undefined;
    /** Seconds (IPv6). */
    readonly expires?: number | undefined;
    readonly tos?: string | undefined;
    readonly from?: string | undefined;
}

/** Where a packet comes from, or goes to, for the rules of routing: ip-route(8), realms. */
export interface Flow {
    readonly from?: string | undefined;
    readonly to?: string | undefined;
}

/** Metrics by the names that `ip` shows them under, with the words that set them; times are shown in milliseconds. */
const METRICS: Readonly<Record<string, (value: unknown) => string[]>> = {
    window: (value) => ["window", String(value)],
    rtt: (value) => ["rtt", `${value}ms`],
    rttvar: (value) => ["rttvar", `${value}ms`],
    ssthresh: (value) => ["ssthresh", String(value)],
    cwnd: (value) => ["cwnd", String(value)],
    advmss: (value) => ["advmss", String(value)],
    reordering: (value) => ["reordering", String(value)],
    hoplimit: (value) => ["hoplimit", String(value)],
    initcwnd: (value) => ["initcwnd", String(value)],
    initrwnd: (value) => ["initrwnd", String(value)],
    ecn: () => ["features", "ecn"],
    tcp_usec_ts: () => ["features", "tcp_usec_ts"],
    rto_min: (value) => ["rto_min", `${value}ms`],
    quickack: (value) => ["quickack", String(value)],
    congestion: (value) => ["congctl", String(value)],
    fastopen_no_cookie: (value) => ["fastopen_no_cookie", String(value)],
};

/** A preference that every route has which was given none. */
const USUAL = "medium";

/** The words for it, but for the MTU, which a Route has, too. What is locked is not shown. */
export const extraWords = ({ metrics, pref = USUAL, expires }: ShownExtras): string[] => [
    ...metrics.flatMap((shown) => Object.entries(shown).flatMap(([name, value]) => METRICS[name]?.(value) ?? [])),
    ...(pref === USUAL ? [] : ["pref", pref]),
    ...(expires === undefined ? [] : ["expires", String(Math.max(1, expires))]),
];

/** Those that are a part of its key. */
export const keyWords = ({ tos, from }: ShownExtras): string[] => [
    ...(from === undefined ? [] : ["from", from]),
    ...(tos === undefined ? [] : ["tos", tos]),
];

export const realmWords = ({ from, to = "0" }: Flow = {}): string => (from === undefined ? to : `${from}/${to}`);
