import { ip, ipJson, run } from "./kernel";

/** A network namespace for one test. */
export interface Place {
    readonly name: string;
}

let made = 0;

export async function makePlace(prefix = "place"): Promise<Place> {
    made += 1;
    const name = `${prefix}-${process.pid}-${made}`;
    await ip("netns", "add", name);
    await ip("-n", name, "link", "set", "dev", "lo", "up");
    return { name };
}

/**
 * The links first: their deletion takes the other ends along before it is answered, and that of a namespace does not. A test may
 * have removed the namespace itself.
 */
export async function removePlace({ name }: Place): Promise<void> {
    const found = await ipJson("netns", "list");
    if (!found.some((namespace) => namespace.name === name)) return;
    const links = await ipJson("-n", name, "link", "show");
    for (const { ifname } of links) {
        if (ifname !== "lo") await run(["ip", "-n", name, "link", "del", "dev", String(ifname)]);
    }
    await ip("netns", "del", name);
}

export async function withPlace<Result>(work: (place: Place) => Promise<Result>, prefix?: string): Promise<Result> {
    const place = await makePlace(prefix);
    try {
        return await work(place);
    } finally {
        await removePlace(place);
    }
}

/** One for each test of a `describe`: `const place = usePlace()`, then `place.name` inside a test. */
export function usePlace(prefix?: string): Place {
    let place: Place | undefined;
    beforeEach("make a namespace", async () => {
        place = await makePlace(prefix);
    });
    afterEach("remove the namespace", async () => {
        if (place !== undefined) await removePlace(place);
        place = undefined;
    });
    return {
        get name() {
            if (place === undefined) throw new Error("There is a place inside of a test only.");
            return place.name;
        },
    };
}
