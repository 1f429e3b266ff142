import type { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import type { Pulumi } from "./pulumi.js";

/** Streams of which the engine puts together what belongs together. */
let streams = 0;

/** What a program or a provider writes, line by line, as the engine shows what its own plugins write. */
export class Output {
    readonly #stream = ++streams;
    #rest = "";
    #last: Promise<unknown> = Promise.resolve();

    constructor(
        private readonly pulumi: Pulumi,
        private readonly engine: EngineClient,
    ) {}

    write(text: string): void {
        const lines = (this.#rest + text).split(/(?<=\n)/);
        this.#rest = lines.at(-1)?.endsWith("\n") ? "" : (lines.pop() ?? "");
        for (const line of lines) this.#tell(line);
    }

    /** All of it has been told, an unfinished line, too. */
    async end(): Promise<void> {
        this.#tell(this.#rest);
        this.#rest = "";
        await this.#last;
    }

    #tell(line: string): void {
        if (line.trim() === "") return;
        const { LogRequest, LogSeverity } = this.pulumi;
        const request = new LogRequest();
        request.setSeverity(LogSeverity.INFO);
        request.setMessage(line);
        request.setStreamid(this.#stream);
        // An engine that is gone shows nothing.
        this.#last = this.#last.then(() => new Promise((resolve) => this.engine.log(request, resolve)));
    }
}
