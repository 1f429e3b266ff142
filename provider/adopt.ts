import { formatOwner, type Owner, ownerTag, stackGroup, taggedOwner } from "../model/owner";
import { type Place, placeParts } from "../model/place";
import type { Command } from "./host/command";
import { describe } from "./host/command";
import { machineAt } from "./host/machines";
import type { Answers, Queries } from "./host/query";
import type { Session } from "./host/session";
import type { Kind } from "./kind";
import { LOCK } from "./lifecycle";
import { device, type LinkState, linkQuery } from "./link";
import { Failure } from "./problem";
import { bootQuery, type FlatSpec, recordFile, recordQuery, type StoredRecord, tellStory, writeRecord } from "./record";

const LOOPBACK = "lo";

/** It is another resource's, of whatever stack. */
export class Taken extends Failure {}

const isLink = (value: unknown): value is LinkState =>
    typeof value === "object" && value !== null && "index" in value && "addresses" in value;

/** What was answered, as it will be once the links of these names are marked. */
function asMarked<T>(value: T, names: readonly string[], tag: string, group: number): T {
    if (Array.isArray(value)) return value.map((one) => asMarked(one, names, tag, group)) as T;
    if (!isLink(value) || !names.includes(value.name)) return value;
    return { ...value, alias: tag, ...(value.name === LOOPBACK ? {} : { group }) };
}

/** The tag, and the stack's group, where a link does not have them: a namespace's `lo` is in no group. */
function tagging(place: Place, link: LinkState, tag: string, group: number): Command[] {
    return [
        ...(link.name === LOOPBACK || link.group === group ? [] : [device(place, link.name, "group", group)]),
        ...(link.alias === tag ? [] : [device(place, link.name, "alias", tag)]),
    ];
}

/** A namespace that is taken in is forgotten as a whole: what was set in it before is what a new one has (inet_forward_change). */
function asNew(place: Place, before: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
    if (placeParts(place).namespace === undefined) return before;
    const value = (path: string, is: string): string => {
        if (/\/(ip_forward|forwarding)$/.test(path)) return "0";
        return path === "net/ipv4/conf/all/accept_redirects" ? "1" : is;
    };
    return Object.fromEntries(Object.entries(before).map(([path, is]) => [path, value(path, is)]));
}

/** What makes an object ours: nothing, if it is already. */
async function planAdoption<Spec extends FlatSpec, Q extends Queries, State>(
    session: Session,
    kind: Kind<Spec, Q, State>,
    spec: Spec,
    owner: Owner,
): Promise<Command[]> {
    const { place, key } = kind.record(spec);
    const file = recordFile(place, kind.name, key);
    const devices = kind.disturbs?.(spec) ?? [];
    const [tag, group] = [ownerTag(formatOwner(owner)), stackGroup(owner)];
    const title = `${kind.name} ${kind.id(spec)}`;
    const links = devices.map((one, index) => [`device${index}`, linkQuery(one.place, one.name)] as const);
    // One exchange: what is seen of the object, its record and its devices is of one moment.
    const answers = await session.ask({
        ...kind.queries(spec, owner),
        ...Object.fromEntries(links),
        record: recordQuery(file),
        boot: bootQuery(place),
    });
    const now = answers as unknown as Answers<Q>;
    const { record, boot } = answers as { record: StoredRecord | undefined; boot: string };
    const found = links.map(([question]) => (answers as Record<string, unknown>)[question] as LinkState | undefined);
    const story = tellStory(owner, boot, record, spec);

    const tagged = kind.unmarked ? [] : found.flatMap((link) => taggedOwner(link?.alias) ?? []);
    const recorded = kind.shared ? undefined : story.others[0]?.owner;
    const other = tagged.find((one) => one !== taggedOwner(tag)) ?? recorded;
    if (other !== undefined) throw new Taken(`${title} belongs to ${other}`);

    const claim = { owner: formatOwner(owner), spec };
    const was = kind.before?.(now, spec, story) ?? {};
    const before = story.mine ? story.record?.before : story.record ? was : asNew(place, was);
    const wanted: StoredRecord = { boot, kind: kind.name, claims: [...story.others, claim], before: before ?? {} };

    const names = kind.unmarked ? [] : devices.map(({ name }) => name);
    const linked = Object.fromEntries(
        Object.entries(now).map(([question, answer]) => [question, asMarked(answer, names, tag, group)]),
    ) as Answers<Q>;
    const made = kind.adopt ? kind.adopt(linked, spec) : { answers: linked, marks: [] };
    const after = tellStory(owner, boot, wanted, spec);
    const seen = made && kind.observe(made.answers, spec, after);
    if (made === undefined || seen?.state === undefined) throw new Failure(`${title} is not there as it was found`);
    const plan = kind.plan(seen.state, spec, spec, after);
    if (plan.length > 0) throw new Failure(`${title} would not stay as it is: ${plan.map(describe).join("; ")}`);

    const isRecorded = JSON.stringify(record) === JSON.stringify(wanted);
    return [
        // Before the first mark, so that whoever is interrupted knows afterwards what was his.
        ...(isRecorded ? [] : [writeRecord(file, wanted, false)]),
        ...devices.flatMap((one, index) => {
            const link = kind.unmarked ? undefined : found[index];
            return link ? tagging(one.place, link, tag, group) : [];
        }),
        ...made.marks,
    ];
}

/** Fails where an object cannot become ours without a change. Touches nothing. */
export const lookBeforeAdoption = <Spec extends FlatSpec, Q extends Queries, State>(
    kind: Kind<Spec, Q, State>,
    spec: Spec,
    owner: Owner,
): Promise<unknown> =>
    machineAt(kind.record(spec).place).session((session) => planAdoption(session, kind, spec, owner));

/**
 * Makes what stands there and is nobody's ours: its marks and its record are all that changes. The resource finds it as if it had
 * made it. Run again where it was interrupted.
 */
export function adopt<Spec extends FlatSpec, Q extends Queries, State>(
    kind: Kind<Spec, Q, State>,
    spec: Spec,
    owner: Owner,
): Promise<void> {
    return machineAt(kind.record(spec).place).locked(LOCK, async (session) => {
        const commands = await planAdoption(session, kind, spec, owner);
        if (commands.length === 0) return;
        const { outcome } = await session.runAndAsk(commands, {});
        if (!outcome.ok) throw new Failure(`${outcome.command}: ${outcome.said}\nRunning again continues from here.`);
    });
}
