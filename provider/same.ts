import { joinList, splitList } from "../model/schema";
import { sameAddresses } from "./addresses";
import type { FlatSpec } from "./record";

/** Lists whose order means nothing, or only in part: in another order they are the same to the kernel. */
function isSameList(key: string, one: unknown, other: unknown): boolean {
    if (typeof one !== "string" || typeof other !== "string") return false;
    if (/addresses$/i.test(key)) return sameAddresses(one, other);
    const sorted = (list: string): string => joinList(splitList(list).toSorted());
    return (key === "remotes" || key === "nexthops") && sorted(one) === sorted(other);
}

/** Whether two values of an input ask for the same. */
export const isSameInput = (key: string, one: unknown, other: unknown): boolean =>
    one === other || isSameList(key, one, other);

/** Whether two specs do. */
export const isSameSpec = (one: FlatSpec, other: FlatSpec): boolean =>
    Object.keys({ ...one, ...other }).every((key) => isSameInput(key, one[key], other[key]));
