import { byNumber } from "../../model/order.js";
import type { Change, Preview } from "./changes.js";
import type { Forecast } from "./forecast.js";
import { groupLines } from "./groups.js";
import { describeChange } from "./words.js";

/** What has come of showing what an operation would do. */
export interface Foretold {
    /** What linuxnet ends with, if it only shows. */
    readonly code: number;
    /** Whether somebody is to be asked about it; or it changes nothing on a machine, and can be done; or that was all. */
    readonly next: "ask" | "go" | "end";
}

const OPERATIONS = ["delete", "replace", "update", "create"];
const KINDS = ["SimulatedHost", "Namespace", "Bridge", "VethPair", "Vxlan", "Address", "ForwardingSetting", "Route"];

const rank = ({ operation, kind }: Change): number =>
    kind === "Reachability" ? OPERATIONS.length : OPERATIONS.indexOf(operation);
const kindRank = ({ kind }: Change): number => (KINDS.includes(kind) ? KINDS.indexOf(kind) : KINDS.length);

/** What is removed first, then what is made anew, changed and made, each from the ground up; checks last. */
const inOrder = (changes: readonly Change[]): Change[] =>
    changes.toSorted((a, b) => rank(a) - rank(b) || kindRank(a) - kindRank(b) || byNumber(a.name, b.name));

/** What the program has written, and what is wrong: beside what is shown. */
export function tellRemarks({ remarks, problems }: Preview): void {
    for (const line of [...remarks, ...problems]) console.error(line);
}

/** Like changes counted and put together, a line each. */
export function showChanges(changes: readonly Change[], forecast?: Forecast): void {
    const lines = inOrder(changes).flatMap((change) => describeChange(change, forecast));
    for (const line of groupLines(lines)) console.log(line);
}

const WORDS = {
    create: "to make",
    update: "to change in place",
    replace: "to make anew",
    delete: "to remove",
} as const;

/** A check that runs again changes nothing. */
const isAgain = ({ kind, operation }: Change): boolean => kind === "Reachability" && operation === "update";

/** `2 to make, 1 to change in place, 1 to check again, 9 as they are.` */
export function summary(changes: readonly Change[], unchanged = 0): string {
    const [again, others] = [changes.filter(isAgain), changes.filter((one) => !isAgain(one))];
    const counts = Object.entries(WORDS).map(
        ([operation, words]) => [others.filter((one) => one.operation === operation).length, words] as const,
    );
    const rest = [[again.length, "to check again"] as const, [unchanged, "as they are"] as const];
    const told = [...counts, ...rest].filter(([count]) => count > 0);
    return `${told.map(([count, words]) => `${count} ${words}`).join(", ")}.`;
}
