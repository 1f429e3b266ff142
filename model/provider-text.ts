/** The package's entry point for the engine. */
const ENTRY = "pulumi-linuxnet/provider";

/** What the engine evaluates to find the provider of a resource: the installed code, whatever version wrote the state. */
export function providerText(factory: string, owner: string): string {
    const [loader, entry, argument] = ["module", ENTRY, owner].map((text) => JSON.stringify(text));
    return `exports.handler=()=>require(${loader}).createRequire(process.cwd()+"/")(${entry}).${factory}(${argument});`;
}

/** The owner that such a text names. */
export function ownerIn(text: unknown): string | undefined {
    const literal = typeof text === "string" ? /\(("(?:[^"\\]|\\.)*")\);$/.exec(text)?.[1] : undefined;
    return literal === undefined ? undefined : JSON.parse(literal);
}

/** What a text of ours evaluates to, and undefined of any other. */
export function factoryIn(text: string): { module: string; factory: string; owner: string } | undefined {
    const [, factory] = /\.(\w+)\("(?:[^"\\]|\\.)*"\);$/.exec(text) ?? [];
    const owner = ownerIn(text);
    if (factory === undefined || owner === undefined || text !== providerText(factory, owner)) return undefined;
    return { module: ENTRY, factory, owner };
}
