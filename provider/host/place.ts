import { HOST, hostPlace, LOCAL, type Place, placeParts } from "../../model/place";

/** Where everything of ours is on a machine: records, and what simulated hosts are made of. */
export const RUN = "/run/linuxnet";

/** The namespace of the program on a machine, for whatever it starts. */
export const OWN_NAMESPACE = "/proc/self/fd/6";

/** Where whoever works for a stack on a machine has his word, until he is done; a stack is told by its group. */
export const wordFile = (group: string): string => `${RUN}.${group}.lock`;

/** The folder of a simulated host: its namespaces, its settings that outlive a boot, its records. */
export function simulatedFolder(place: Place): string | undefined {
    const { simulated } = placeParts(place);
    return simulated.length === 0 ? undefined : [RUN, ...simulated.flatMap((name) => ["hosts", name])].join("/");
}

/** The file that holds the namespace of a place; a machine's own has none. */
export function netnsPath(place: Place): string | undefined {
    const { namespace } = placeParts(place);
    const folder = simulatedFolder(place);
    if (folder !== undefined) return namespace === undefined ? `${folder}/net` : `${folder}/netns/${namespace}`;
    return namespace === undefined ? undefined : `/run/netns/${namespace}`;
}

/** Asks which namespaces there are on a machine; whether there is one behind a file shows when it is entered. */
export const NAMESPACES = "/run/netns/* entered";

/** What `ip link add … netns` takes for a place: a name, or the path of its file. */
export function netnsWord(place: Place): string | undefined {
    return simulatedFolder(place) === undefined ? placeParts(place).namespace : netnsPath(place);
}

/** The same from within a namespace, where a machine's own has a name by what the program there holds open (program.ts). */
export const netnsWordInside = (place: Place): string => netnsWord(place) ?? OWN_NAMESPACE;

/** Where the records of a place are. All of a namespace's, or a simulated host's, go when it goes. */
export function recordsFolder(place: Place): string {
    const { namespace } = placeParts(place);
    const folder = simulatedFolder(place);
    const base = folder === undefined ? RUN : `${folder}/records`;
    return `${base}/${namespace === undefined ? "host" : `netns.${namespace}`}`;
}

/** All records of a place, as a pattern of files. */
export const recordsPattern = (place: Place): string => `${recordsFolder(place)}/*.json`;

/** Where a host keeps settings that outlive a boot: sysctl.d(5). */
export function settingsFolder(place: Place): string {
    const folder = simulatedFolder(place);
    return folder === undefined ? "/etc/sysctl.d" : `${folder}/sysctl.d`;
}

/** A command as a person would type it on the machine, with the machine's name in front if it is another one. */
export function typedAt(place: Place, words: string): string {
    const { machine, namespace } = placeParts(place);
    const path = netnsPath(place);
    const isNamed = hostPlace(place) === HOST || simulatedFolder(place) === undefined;
    const inside = isNamed
        ? namespace === undefined
            ? words
            : words.startsWith("ip ")
              ? `ip -n ${namespace} ${words.slice(3)}`
              : `ip netns exec ${namespace} ${words}`
        : `nsenter --net=${path} ${words}`;
    return machine === LOCAL ? inside : `${machine}: ${inside}`;
}
