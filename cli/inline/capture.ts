import type { Operation } from "./operation.js";

type Write = typeof process.stdout.write;

/**
 * While the engine has the screen, what a provider writes is shown by it, and an error that nobody has caught ends nothing: as in a
 * process of its own. Returns what ends that.
 */
export function capture(operation: () => Operation | undefined): () => void {
    const releases = (["stdout", "stderr"] as const).map((name) => {
        const stream = process[name];
        const { write } = stream;
        stream.write = ((chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
            const output = operation()?.[name];
            if (output === undefined) return Reflect.apply(write, stream, [chunk, ...rest]);
            output.write(typeof chunk === "string" ? chunk : Buffer.from(chunk).toString("utf8"));
            const done = rest.find((one) => typeof one === "function");
            if (done) process.nextTick(done as () => void);
            return true;
        }) as Write;
        return () => {
            stream.write = write;
        };
    });
    const tell = (error: unknown): void => console.error(Object(error).stack ?? error);
    process.on("uncaughtException", tell).on("unhandledRejection", tell);
    return () => {
        process.off("uncaughtException", tell).off("unhandledRejection", tell);
        for (const release of releases) release();
    };
}
