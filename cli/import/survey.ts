import { formatOwner, type Owner, parseOwner, sameStack, taggedOwner } from "../../model/owner";
import { HOST } from "../../model/place";
import { type Inventory, namespaceNames, takeInventory } from "../../provider/adoption";
import type { LinkState } from "../../provider/link";
import { Failure } from "../../toolchain/failure.mjs";
import { type Findings, findResources } from "./findings";
import type { ImportOptions } from "./options";

/** The resource of another stack that has made it. */
function otherOwner(link: LinkState | undefined, stack: Owner): string | undefined {
    const tagged = taggedOwner(link?.alias);
    const owner = tagged === undefined ? undefined : parseOwner(tagged);
    return owner === undefined || sameStack(owner, stack) ? undefined : formatOwner(owner);
}

/** What tells a namespace with something in it from all others: it may have two names. */
const contents = ({ links }: Inventory): string =>
    links
        .filter(({ name }) => name !== "lo")
        .map(({ index, name, macAddress }) => `${index} ${name} ${macAddress}`)
        .join(", ");

/** Looks at the namespaces that are wanted, and the host. */
export async function lookAround(stack: Owner, { namespaces, isWhole }: ImportOptions): Promise<Findings> {
    const { names, none } = await namespaceNames();
    const missing = namespaces.filter((name) => !names.includes(name));
    if (missing.length > 0)
        throw new Failure(`There is no namespace ${missing.join(", ")}. There is: ${names.join(", ") || "none"}`);
    const isNamed = namespaces.length > 0;
    const told = isNamed ? [] : none.map((file) => `${file} is left alone: it is no namespace that a program can name`);
    const host = await takeInventory(HOST);
    const taken = [host];
    for (const name of isNamed ? namespaces : names) {
        const found = await takeInventory(name);
        const twin = taken.find((other) => contents(other) !== "" && contents(other) === contents(found));
        const loopback = found.links.find((link) => link.name === "lo");
        const other = otherOwner(loopback, stack);
        if (twin !== undefined)
            told.push(`${name} is left alone: it is ${twin.place || "the host"} under another name`);
        // One that is named is refused with all else that belongs to somebody.
        else if (other !== undefined && !isNamed) told.push(`${name} is left alone: it belongs to ${other}`);
        else taken.push(found);
    }
    if (taken.length === 1 && !isWhole) return { resources: [], told };
    const findings = findResources(taken, isWhole, (link) => otherOwner(link, stack) !== undefined);
    return { ...findings, told: [...told, ...findings.told] };
}
