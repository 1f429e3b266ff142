import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { withFakePrograms } from "../support/fake-program";

export const MISDEEDS = ["fails", "works, then fails", "hangs", "truncates", "is interrupted", "is barred"] as const;
export type Misdeed = (typeof MISDEEDS)[number];

/** What the failing ones say. */
export const WORDS = "it broke for a test";

const DEEDS: Readonly<Record<Misdeed, string>> = {
    fails: `echo '${WORDS}' >&2; exit 1`,
    "works, then fails": `work "$@" >/dev/null 2>&1; echo '${WORDS}' >&2; exit 1`,
    hangs: "exec sleep 300",
    // Half of what there is to say, and no word of it.
    truncates:
        'said=$(work "$@"); size=$(printf %s "$said" | wc -c); printf %s "$said" | head -c $((size / 2)); exit 0',
    // In the middle: the first line of a batch is done.
    "is interrupted": 'input=$(printf "%s\\n" "$input" | head -n 1); work "$@" >/dev/null 2>&1; kill -INT $$; exit 130',
    "is barred": "echo 'RTNETLINK answers: Operation not permitted' >&2; exit 2",
};

const FAKED = ["ip", "bridge", "sh", "unshare", "ln", "mv", "mkdir"] as const;

/** Only an answer in JSON can be cut in half unnoticed. */
const isConcerned = (misdeed: Misdeed): string => (misdeed === "truncates" ? '*" -j "*' : "*");

/**
 * Does what the real one does, and counts; from the chosen call on, that one (the same words, the same input) goes wrong.
 * `call.N` is there for the N-th, `chosen` a number, and `hit` becomes the call of that number. It starts no process but the
 * real one: there are a hundred thousand of it in a full run.
 */
const script = (real: string, folder: string, misdeed: Misdeed): string => `#!/bin/sh
state=${folder}
input=
nl="
"
case " $* " in *" -batch "*|*" -c "*)
    while IFS= read -r line || [ -n "$line" ]; do input="$input\${input:+$nl}$line"; done ;;
esac
work() { if [ -n "$input" ]; then printf '%s\n' "$input" | ${real} "$@"; else ${real} "$@" </dev/null; fi; }
call="${real} $* $input"
case " $* " in ${isConcerned(misdeed)})
    if [ ! -e "$state/hit" ]; then
        read -r calls <"$state/calls"
        set -C
        while calls=$((calls + 1)); ! command : >"$state/call.$calls"; do :; done 2>/dev/null
        set +C
        echo "$calls" >"$state/calls"
        read -r chosen <"$state/chosen"
        if [ "$calls" = "$chosen" ]; then printf '%s\n' "$call" >"$state/hit"; fi
    fi
    if [ -e "$state/hit" ]; then
        hit=
        while IFS= read -r line; do hit="$hit\${hit:+$nl}$line"; done <"$state/hit"
        if [ "$call" = "$hit" ]; then
            ${DEEDS[misdeed]}
        fi
    fi ;;
esac
if [ -z "$input" ]; then exec ${real} "$@" </dev/null; fi
exec ${real} "$@" <<END
$input
END
`;

/** Programs that go wrong stand before the real ones while the work is done. Says how many calls there were, and which went wrong. */
export async function withMisdeed(
    misdeed: Misdeed,
    chosen: number,
    work: () => Promise<unknown>,
): Promise<{ readonly calls: number; readonly hit: string | undefined; readonly error: unknown }> {
    const { LINUXNET_TIMEOUT_SECONDS: limit } = process.env;
    if (misdeed === "hangs") process.env.LINUXNET_TIMEOUT_SECONDS = "1";
    try {
        return await withFakePrograms(
            FAKED,
            (real, folder) => script(real, folder, misdeed),
            async (folder) => {
                await writeFile(join(folder, "chosen"), `${chosen}\n`);
                await writeFile(join(folder, "calls"), "0\n");
                const error = await work().then(
                    () => undefined,
                    (reason: unknown) => reason,
                );
                const calls = (await readdir(folder)).filter((name) => name.startsWith("call.")).length;
                const hit = await readFile(join(folder, "hit"), "utf8").catch(() => undefined);
                return { calls, hit, error };
            },
        );
    } finally {
        if (limit === undefined) delete process.env.LINUXNET_TIMEOUT_SECONDS;
        else process.env.LINUXNET_TIMEOUT_SECONDS = limit;
    }
}
