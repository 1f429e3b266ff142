import { hasFeature } from "../support/features";
import { sweep } from "../support/provider";
import { Family } from "./family";
import { ADDRESSES, ADDRESSES_AFTER } from "./foreign/addresses";
import { LINKS, LINKS_AFTER } from "./foreign/links";
import { PLACES, PLACES_AFTER } from "./foreign/places";
import { casesOf } from "./foreign/play";
import { ROUTES, ROUTES_AFTER } from "./foreign/routes";
import type { After, Before } from "./foreign/scene";
import { SETTINGS, SETTINGS_AFTER } from "./foreign/settings";
import { prepareMachine, restoreMachine } from "./machine";

const BEFORE: readonly Before[] = [...PLACES, ...LINKS, ...ADDRESSES, ...ROUTES, ...SETTINGS];
const AFTER: readonly After[] = [
    ...PLACES_AFTER,
    ...LINKS_AFTER,
    ...ADDRESSES_AFTER,
    ...ROUTES_AFTER,
    ...SETTINGS_AFTER,
];

/** Without those that this kernel has not what for. */
async function possible<One extends Before | After>(scenes: readonly One[]): Promise<One[]> {
    const are = await Promise.all(scenes.map(({ needs }) => needs === undefined || hasFeature(needs)));
    return scenes.filter((_, at) => are[at]);
}

describe("Something of somebody else", () => {
    const family = new Family("foreign", { full: 1000, sample: 40 });

    beforeEach("the machine", async () => {
        await prepareMachine();
    });
    afterEach("the machine", () => restoreMachine());

    it("in the way or beside ours, is refused with what to do or left alone, and stays as it was", async function () {
        this.timeout(0);
        const all = casesOf(await possible(BEFORE), await possible(AFTER));
        for (const one of family.choose(
            all,
            ({ id }) => id,
            ({ kind }) => kind,
        )) {
            if (await family.run(one.id, () => one.play())) continue;
            await sweep();
            await prepareMachine();
        }
        family.finish();
    });
});
