import { hostPlace, machinePlace, type Place, placeName, placeParts } from "../../model/place";
import { type Command, type IpCommand, ip, type ToolCommand } from "./command";
import { netnsPath, recordsFolder, simulatedFolder } from "./place";
import { BE_QUIET, quietSettings } from "./quiet";
import { scriptLines } from "./script";
import { shellWord } from "./shell-word";
import { REFUSE_LINKS } from "./step";
import { tidy } from "./tidy";

/*
 * How namespaces, and hosts that are made of them, come and go. A simulated host is a folder in which its namespaces are
 * pinned by bind mounts, as `ip netns` does it in /run/netns: it lives without a process, and needs no mount namespace.
 */

/** What was in a namespace that is gone is void for the next one of its name: the records of the folder that is the third argument. */
const FORGET_FORMER = `{ [ ! -e "$3" ] && [ ! -L "$3" ]; } || (set -- "$3"; ${REFUSE_LINKS} && rm -rf "$1") || exit`;

/** Tagged before it has a name: ours from its first moment. The name is taken atomically. Shows what is in it then. */
export const ATTACH =
    `[ -e "/run/netns/$1" ] || ${FORGET_FORMER}; ${BE_QUIET}; ` +
    'eval "exec ip -N -j -d -batch - <<.${nl}link set dev lo alias \\$2 up${nl}netns attach \\$1 \\$\\$${nl}addr show${nl}.${nl}"';

/** The same in the folder of a simulated host, which is there. */
const PIN_IT =
    'ip link set dev lo alias "$2" up && (set -C; : > "$1") && { mount --bind "/proc/$$/ns/net" "$1" || { rm -f "$1"; exit 1; }; }';

const PIN = `[ -e "$1" ] || ${FORGET_FORMER}; ${BE_QUIET}; ${PIN_IT}`;

/**
 * The folder appears whole or not at all; whoever finds it without a namespace finds a host that was not finished. No
 * host has a `~` in its name: what is begun for `left.a` is not taken for what was left behind for `left`.
 */
const PIN_HOST =
    'n="${3%/*}/.${3##*/}~"; rm -rf "$n"*; n=$n$$; mkdir -p "$n/netns" "$n/sysctl.d" "$n/records" && ' +
    `{ mv -T "$n" "$3" || { rm -rf "$n"; exit 1; }; } && ${PIN_IT}`;

/** A host that has lost its own namespace gets another; those in it stay. */
const PIN_AGAIN = `mkdir -p "$3/netns" "$3/sysctl.d" "$3/records" && { umount "$1" 2>/dev/null; rm -f "$1"; } && ${PIN_IT}`;

/** A namespace with a process inside would live on without a name, its links with it. */
const REFUSE_PROCESSES =
    '[ -z "$pids" ] || { printf "processes live in it: " >&2; for p in $pids; do printf "%s (%s), " "$p" "$(cat "/proc/$p/comm")" >&2; done; echo "end them first" >&2; ! :; }';

/** The processes of the namespaces that the files of the arguments hold. */
const PIDS =
    'pids=; for p in /proc/[0-9]*; do for f do if [ "$p/ns/net" -ef "$f" ]; then pids="$pids ${p#/proc/}"; fi; done; done';

/** As `ip netns pids` does it, without a process. */
export const LOOK_INTO = tidy(`${PIDS}; ${REFUSE_PROCESSES}`);

/** A file of an earlier boot: a namespace that cannot be entered is none. */
const DELETE_STALE =
    '[ "$(stat -f -c %T "/run/netns/$1")" != nsfs ] || { echo "it is a namespace, and cannot be entered" >&2; exit 1; }; ip netns del "$1"';

const UNPIN = `${PIDS}; ${REFUSE_PROCESSES} || exit; umount "$1" 2>/dev/null; rm -f "$1"`;

/** What is mounted in a host and is no network namespace was not put there by us; the folder could not be removed. */
const REFUSE_MOUNTS =
    'while read -r _ _ _ root at _; do case $at in "$d"/*) case $root in net:*) ;; *) echo "something else is mounted at $at; unmount it first" >&2; exit 1 ;; esac ;; esac; done < /proc/self/mountinfo';

/** What stands in the way of a host's removal: everything that does, before anything is done. */
const LOOK_INTO_HOST =
    `d=$1; ${REFUSE_MOUNTS}; set -- $(find "$d" ! -type d -name net -o ! -type d -path "*/netns/*"); ` +
    `${PIDS}; ${REFUSE_PROCESSES} || exit`;

/** All namespaces of a host, of those within it too, and then the folder. */
const UNPIN_HOST =
    `${LOOK_INTO_HOST}; for f do umount "$f" 2>/dev/null; done; ` +
    'rm -rf --one-file-system "$d" && { rmdir "${d%/*}" "${d%/*/*}" 2>/dev/null; exit 0; }';

const tool = (place: Place, text: string, argv: readonly string[], typed?: readonly string[]): ToolCommand => {
    const host = hostPlace(place);
    const on = host === "" ? text : `${placeName(host)}: ${text}`;
    return { kind: "tool", place: machinePlace(place), argv, text: on, ...(typed ? { typed } : {}) };
};

/** A namespace pinned to a file: unshare(1). */
const pinLines = (file: string, tag: string): string[] => [
    `touch ${file}`,
    `unshare --net=${file} ip link set dev lo alias ${shellWord(tag)} up`,
];

/** A new namespace, `lo` tagged and up, of which nothing is recorded yet. */
export function addNamespace(place: Place, tag: string): ToolCommand {
    const { namespace = "" } = placeParts(place);
    const script = simulatedFolder(place) === undefined ? ATTACH : PIN;
    const target = simulatedFolder(place) === undefined ? namespace : (netnsPath(place) ?? "");
    const text = `ip netns add ${namespace} && ip -n ${namespace} link set lo up`;
    const quiet = scriptLines(quietSettings(place, "default"));
    const lo = `link set dev lo alias ${shellWord(tag)} up`;
    // A device that is up, as lo is then, no longer follows what is the default.
    const typed =
        simulatedFolder(place) === undefined
            ? [`ip netns add ${namespace}`, ...quiet, `ip -n ${namespace} ${lo}`]
            : [`touch ${target}`, `unshare --net=${target} true`, ...quiet, `nsenter --net=${target} ip ${lo}`];
    const argv = ["unshare", "-n", "sh", "-c", script, "sh", target, tag, recordsFolder(place)];
    const shows = script === ATTACH ? { shows: { place, ask: "addr show" } } : {};
    return { ...tool(place, text, argv, typed), ...shows, makes: place };
}

/** Fails where a process lives in it; changes nothing. */
function lookIntoNamespace(place: Place): ToolCommand {
    const { namespace = "" } = placeParts(place);
    const text = `ip netns pids ${namespace}`;
    // With a process inside, a script ends here.
    const typed = simulatedFolder(place) === undefined ? [`test -z "$(${text})"`] : undefined;
    return tool(place, text, ["sh", "-c", LOOK_INTO, "sh", netnsPath(place) ?? ""], typed);
}

/** Away with its name; a process that is inside can do it as well. */
function deletion(place: Place): IpCommand {
    const { namespace = "" } = placeParts(place);
    const command = ip(machinePlace(place), "netns", "del", namespace);
    return { ...command, otherwise: [{ ...command, place }] };
}

/** Away with it, and before with what `emptying` does inside, unless a process lives in it; one of an earlier boot is but a file. */
export function deleteNamespace(place: Place, isStale: boolean, emptying: readonly Command[] = []): Command[] {
    const { namespace = "" } = placeParts(place);
    const text = `ip netns del ${namespace}`;
    if (simulatedFolder(place) !== undefined) {
        const look = emptying.length > 0 ? [lookIntoNamespace(place)] : [];
        return [...look, ...emptying, tool(place, text, ["sh", "-c", UNPIN, "sh", netnsPath(place) ?? ""])];
    }
    if (isStale) return [tool(place, text, ["sh", "-c", DELETE_STALE, "sh", namespace], [text])];
    return [lookIntoNamespace(place), ...emptying, deletion(place)];
}

/** What is done to a simulated host as a whole; its place is its own namespace, which is not where a person would be. */
const hostTool = (place: Place, verb: string, argv: readonly string[], typed?: readonly string[]): ToolCommand => ({
    kind: "tool",
    place: machinePlace(place),
    argv,
    text: `${verb} the simulated host ${placeName(place)}`,
    ...(typed ? { typed } : {}),
});

/** A new simulated host, or a new namespace of its own for one that has lost it. */
export function addHost(place: Place, tag: string, isThere: boolean): ToolCommand {
    const script = isThere ? PIN_AGAIN : PIN_HOST;
    const [file = "", folder = ""] = [netnsPath(place), simulatedFolder(place)];
    const argv = ["unshare", "-n", "sh", "-c", script, "sh", file, tag, folder];
    const folders = ["netns", "sysctl.d", "records"].map((name) => `${folder}/${name}`);
    return hostTool(
        place,
        "make",
        argv,
        isThere ? undefined : [`mkdir -p ${folders.join(" ")}`, ...pinLines(file, tag)],
    );
}

/** Fails where the host could not be removed; changes nothing. */
export const lookIntoHost = (place: Place): ToolCommand =>
    hostTool(place, "look into", ["sh", "-c", LOOK_INTO_HOST, "sh", simulatedFolder(place) ?? ""]);

/** Away with it and with all that is in it, unless a process lives in it. */
export const deleteHost = (place: Place): ToolCommand =>
    hostTool(place, "remove", ["sh", "-c", UNPIN_HOST, "sh", simulatedFolder(place) ?? ""]);
