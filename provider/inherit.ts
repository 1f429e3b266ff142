import { formatOwner, isStackGroup, type Owner, ownerTag, stackGroup } from "../model/owner";
import type { Place } from "../model/place";
import type { Command } from "./host/command";
import { machineAt } from "./host/machines";
import type { Queries } from "./host/query";
import type { Kind } from "./kind";
import { LOCK } from "./lifecycle";
import { device, type LinkState, linkQuery } from "./link";
import { Failure } from "./problem";
import { bootQuery, type FlatSpec, recordFile, recordQuery, tellStory, writeRecord } from "./record";

/** The tag, and the group where it is the stack's own: a namespace's `lo` is in none. */
function mark(place: Place, link: LinkState | undefined, former: Owner, owner: Owner): Command[] {
    if (link?.alias !== ownerTag(formatOwner(former))) return [];
    const group = stackGroup(owner);
    const isGrouped = isStackGroup(link.group, former) && link.group !== group;
    return [
        ...(isGrouped ? [device(place, link.name, "group", group)] : []),
        device(place, link.name, "alias", ownerTag(formatOwner(owner))),
    ];
}

/**
 * A resource has another name, or its stack has (`pulumi stack rename`): what bears the former one bears the new one
 * afterwards, and is not touched otherwise. Run again where it was interrupted.
 */
export function inherit<Spec extends FlatSpec, Q extends Queries, State>(
    kind: Kind<Spec, Q, State>,
    spec: Spec,
    former: Owner,
    owner: Owner,
): Promise<void> {
    const { place, key } = kind.record(spec);
    const file = recordFile(place, kind.name, key);
    const devices = kind.disturbs?.(spec) ?? [];
    const links = devices.map((one, index) => [`device${index}`, linkQuery(one.place, one.name)] as const);
    return machineAt(place).locked(LOCK, async (session) => {
        const answers = await session.ask(kind.queries(spec, former));
        const { record, boot } = await session.ask({ record: recordQuery(file), boot: bootQuery(place) });
        const found: Record<string, unknown> = await session.ask(Object.fromEntries(links));
        const story = tellStory(former, boot, record, spec);
        const { state } = kind.observe(answers, spec, story);
        const commands = devices.flatMap((one, index) =>
            mark(one.place, found[`device${index}`] as LinkState | undefined, former, owner),
        );
        if (state !== undefined && story.mine) commands.push(...(kind.leave?.(state, spec, former) ?? []));
        if (story.record && story.mine) {
            const claims = [...story.others, { ...story.mine, owner: formatOwner(owner) }];
            commands.push(writeRecord(file, { ...story.record, claims }, false));
        }
        const { outcome } = await session.runAndAsk(commands, {});
        if (!outcome.ok) throw new Failure(`${outcome.command}: ${outcome.said}\nRunning again continues from here.`);
    });
}
