/** What the engine evaluates to find the provider of a resource: the installed code, whatever version wrote the state. */
export function providerText(factory: string, owner: string): string {
    const [loader, entry, argument] = ["module", "pulumi-linuxnet/provider", owner].map((text) => JSON.stringify(text));
    return `exports.handler=()=>require(${loader}).createRequire(process.cwd()+"/")(${entry}).${factory}(${argument});`;
}

/** The owner that such a text names. */
export function ownerIn(text: unknown): string | undefined {
    const literal = typeof text === "string" ? /\(("(?:[^"\\]|\\.)*")\);$/.exec(text)?.[1] : undefined;
    return literal === undefined ? undefined : JSON.parse(literal);
}
