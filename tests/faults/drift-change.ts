import type { LabModel } from "./drift-model";

/** What somebody does by hand. */
export interface Change {
    readonly what: string;
    /** Changes of one kind differ by where they are made. */
    readonly kind: string;
    /** Whether there is still what it is done to, after another one. */
    isPossible(model: LabModel): boolean;
    /** What is typed. */
    readonly commands: readonly (readonly string[])[];
    /** What becomes of the lab. */
    happen(model: LabModel): void;
}

/** Undefined is the host. */
type Namespace = string | undefined;
export const words = (line: string): readonly string[] => line.split(" ").filter((word) => word !== "");
export const ip = (namespace: Namespace, line: string): readonly string[] => [
    "ip",
    ...(namespace === undefined ? [] : ["-n", namespace]),
    ...words(line),
];
export const sysctl = (namespace: Namespace, line: string): readonly string[] => [
    ...(namespace === undefined ? [] : ["ip", "netns", "exec", namespace]),
    ...words(`sysctl -q -w ${line}`),
];
export const at = (namespace: Namespace, name: string): string =>
    `${name} ${namespace === undefined ? "on the host" : `in ${namespace}`}`;
