import assert from "node:assert/strict";
import { assertReply } from "../support/ping";
import { assertSettled, type Resource, Stack, useStack } from "../support/provider";
import { takeSnapshot } from "../support/snapshot";
import { assertRestored } from "../support/snapshot-difference";

/** Four routers in a ring of spokes: 20 pairs, a client at the end of each; all that does not depend on each other at once. */
async function build(stack: Stack, number: number): Promise<readonly Resource[]> {
    const prefix = `s${number}`;
    const routers = [0, 1, 2, 3];
    const clients = Array.from({ length: 20 }, (_, index) => ({ index, router: index % routers.length }));
    const namespace = (name: string) => stack.up("Namespace", name, { name });
    const namespaces = await Promise.all([
        ...routers.map((router) => namespace(`${prefix}-r${router}`)),
        ...clients.map(({ index }) => namespace(`${prefix}-c${index}`)),
    ]);
    const pairs = await Promise.all(
        clients.map(({ index, router }) =>
            stack.up("VethPair", `link${index}`, {
                leftNamespace: `${prefix}-c${index}`,
                leftName: "eth0",
                leftAddresses: `10.${number}.${index}.2/24, fd0${number}:${index}::2/64`,
                rightNamespace: `${prefix}-r${router}`,
                rightName: `eth${index}`,
                rightAddresses: `10.${number}.${index}.1/24, fd0${number}:${index}::1/64`,
            }),
        ),
    );
    const rest = await Promise.all([
        ...routers.map((router) =>
            stack.up("ForwardingSetting", `forwarding${router}`, {
                namespace: `${prefix}-r${router}`,
                ipv4: true,
                ipv6: true,
            }),
        ),
        ...clients.flatMap(({ index }) =>
            [`10.${number}.${index}.1`, `fd0${number}:${index}::1`].map((gateway) =>
                stack.up("Route", `default${index} ${gateway}`, {
                    namespace: `${prefix}-c${index}`,
                    destination: "default",
                    gateway,
                    device: "eth0",
                }),
            ),
        ),
    ]);
    return [...namespaces, ...pairs, ...rest];
}

describe("At the same time", () => {
    const stack = useStack();
    const other = new Stack("other");
    afterEach(() => other.reset());

    it("two stacks build 20 pairs and 4 routers each, and take them away again", async () => {
        const before = await takeSnapshot();
        const built = await Promise.all([build(stack, 1), build(other, 2)]);
        for (const number of [1, 2]) {
            for (const [from, to] of [
                [0, 4],
                [5, 13],
                [19, 3],
            ] as const) {
                await assertReply(`s${number}-c${from}`, `10.${number}.${to}.2`, 63);
                await assertReply(`s${number}-c${from}`, `fd0${number}:${to}::2`, 63);
            }
        }
        for (const resources of built) for (const resource of resources) assert.deepEqual(await resource.refresh(), []);
        await assertSettled(...(built[0] ?? []).slice(-3));
        await Promise.all(
            built.map(async (resources) => {
                const [namespaces, rest] = [resources.slice(0, 24), resources.slice(24)];
                await Promise.all(rest.slice(20).map((resource) => resource.delete()));
                await Promise.all(rest.slice(0, 20).map((resource) => resource.delete()));
                await Promise.all(namespaces.map((resource) => resource.delete()));
            }),
        );
        await assertRestored(before);
    });

    it("one of two stacks that want the same link gets it, and the other says so", async () => {
        const bridge = { name: "br0", addresses: "10.3.0.1/24" };
        const [ours, theirs] = [stack.resource("Bridge", "switch"), other.resource("Bridge", "switch")];
        await Promise.all([ours.check(bridge), theirs.check(bridge)]);
        const results = await Promise.allSettled([ours.create(bridge), theirs.create(bridge)]);
        const failed = results.filter((result) => result.status === "rejected");
        assert.equal(failed.length, 1, "both have it, or nobody");
        assert.match(String(failed[0]?.reason.message), /br0( on the host)?: it belongs to lab\/(test|other)\/switch/);
        const winner = results[0]?.status === "fulfilled" ? ours : theirs;
        await assertSettled(winner);
    });
});
