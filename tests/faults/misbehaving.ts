import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { command } from "../support/kernel";
import { startAnew } from "./deployment";

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

const FAKED = ["ip", "bridge", "sh", "unshare"] as const;

/** Only an answer in JSON can be cut in half unnoticed. */
const isConcerned = (misdeed: Misdeed): string => (misdeed === "truncates" ? '*" -j "*' : "*");

/**
 * Does what the real one does, and counts; from the chosen call on, that one (the same words, the same input) goes wrong.
 * `calls` is how many there were, `chosen` a number, and `hit` becomes the call of that number. It starts no process more than
 * it must: there are a hundred thousand of it in a full run.
 */
const script = (real: string, folder: string, misdeed: Misdeed): string => `#!/bin/sh
state=${folder}
input=
nl="
"
case " $* " in *" -batch "*|*" -c "*) input=$(cat) ;; esac
work() { if [ -n "$input" ]; then printf '%s\n' "$input" | ${real} "$@"; else ${real} "$@" </dev/null; fi; }
case " $* " in ${isConcerned(misdeed)}) ;; *) work "$@"; exit ;; esac
call="${real} $* $input"
if [ ! -e "$state/hit" ]; then
    exec 9>>"$state/lock"
    flock 9
    read -r calls <"$state/calls"
    read -r chosen <"$state/chosen"
    calls=$((calls + 1))
    echo "$calls" >"$state/calls"
    if [ "$calls" = "$chosen" ]; then printf '%s\n' "$call" >"$state/hit"; fi
    exec 9>&-
fi
if [ -e "$state/hit" ]; then
    hit=
    while IFS= read -r line; do hit="$hit\${hit:+$nl}$line"; done <"$state/hit"
    if [ "$call" = "$hit" ]; then
        ${DEEDS[misdeed]}
    fi
fi
work "$@"
`;

/** Programs that go wrong stand before the real ones while the work is done. Says how many calls there were, and which went wrong. */
export async function withMisdeed(
    misdeed: Misdeed,
    chosen: number,
    work: () => Promise<unknown>,
): Promise<{ readonly calls: number; readonly hit: string | undefined; readonly error: unknown }> {
    const folder = await mkdtemp(join(tmpdir(), "misbehaving-"));
    const { PATH: path = "", LINUXNET_TIMEOUT_SECONDS: limit } = process.env;
    try {
        for (const name of FAKED) {
            const real = (await command(["sh", "-c", `command -v ${name}`])).trim();
            await writeFile(join(folder, name), script(real, folder, misdeed));
            await chmod(join(folder, name), 0o755);
        }
        await writeFile(join(folder, "chosen"), `${chosen}\n`);
        await writeFile(join(folder, "calls"), "0\n");
        process.env.PATH = `${folder}:${path}`;
        if (misdeed === "hangs") process.env.LINUXNET_TIMEOUT_SECONDS = "1";
        startAnew();
        const error = await work().then(
            () => undefined,
            (reason: unknown) => reason,
        );
        const calls = Number(await readFile(join(folder, "calls"), "utf8"));
        const hit = await readFile(join(folder, "hit"), "utf8").catch(() => undefined);
        return { calls, hit, error };
    } finally {
        process.env.PATH = path;
        if (limit === undefined) delete process.env.LINUXNET_TIMEOUT_SECONDS;
        else process.env.LINUXNET_TIMEOUT_SECONDS = limit;
        startAnew();
        // What was too slow may be at it still.
        await rm(folder, { recursive: true, maxRetries: 20 });
    }
}
