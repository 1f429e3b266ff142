import { type Change, eventsOf, isBeside, kindOf, nameOf, type Preview, problemOf, remarkOf, said } from "./changes.js";
import { differences, type Line, wholeWords } from "./words.js";

/** Reads the engine's events of a refresh, one a line: what the state says is before, what is there is after. */
export function readRefresh(log: string): Preview {
    const events = eventsOf(log);
    const seen = events.flatMap(({ resOutputsEvent }) => resOutputsEvent?.metadata ?? []);
    const ours = seen.filter((metadata) => !isBeside(metadata));
    const changes = ours.flatMap(({ op, urn, type, old, new: found }): Change[] => {
        if (op !== "update" && op !== "delete") return [];
        const [kind, name, isGone] = [kindOf(type), nameOf(urn), op === "delete"];
        return [{ operation: op, kind, name, before: said(old), after: said(found), isGone, isRenamed: false }];
    });
    const problems = new Set(events.flatMap(problemOf));
    return {
        changes,
        unchanged: ours.length - changes.length,
        problems: [...problems],
        remarks: events.flatMap(remarkOf),
    };
}

/** What has become of an object, as a refresh would take it into the state. */
export function describeDrift(change: Change): Line[] {
    const { isGone, before, name } = change;
    if (isGone) return [{ sign: "!", text: `${wholeWords(change, before)} is gone`, name }];
    const different = differences(change);
    const words = different.length > 0 ? different : [wholeWords(change, before)];
    return words.map((text) => ({ sign: "!", text, name }));
}
