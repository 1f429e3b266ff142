import { forgetModules } from "./modules.js";
import { Output } from "./output.js";
import { Providers } from "./providers.js";
import type { Pulumi } from "./pulumi.js";

/**
 * One operation, a preview or an update, of an engine that may run one behind the other (`up`): in each it has another address.
 */
export class Operation {
    readonly providers: Providers;
    /** What providers write. */
    readonly stdout: Output;
    readonly stderr: Output;
    readonly #engine: InstanceType<Pulumi["EngineClient"]>;

    constructor(
        private readonly pulumi: Pulumi,
        readonly address: string,
        project: string,
    ) {
        this.#engine = new pulumi.EngineClient(address, pulumi.grpc.credentials.createInsecure());
        this.providers = new Providers(pulumi, project);
        this.stdout = this.newOutput();
        this.stderr = this.newOutput();
    }

    newOutput(): Output {
        return new Output(this.pulumi, this.#engine);
    }

    /** All that providers have written is shown. */
    async told(): Promise<void> {
        await Promise.all([this.stdout.end(), this.stderr.end()]);
    }

    /** Nothing is begun in its name any more. */
    end(): void {
        this.providers.end();
        this.#engine.close();
        forgetModules();
    }
}
