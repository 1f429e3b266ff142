import { capture } from "./capture.js";
import { Compiler } from "./compiler.js";
import { languageService } from "./language-service.js";
import { bringModulesBack, keepModules } from "./modules.js";
import { Operation } from "./operation.js";
import { Program, type ProgramSettings } from "./program.js";
import { providerService } from "./provider-service.js";
import type { Pulumi } from "./pulumi.js";

/** What the engine is told to find us, and how it ends. */
export interface Inline {
    readonly options: readonly string[];
    readonly environment: NodeJS.ProcessEnv;
    /** Whether the engine has come as far as to ask a program or a provider for anything. */
    isAsked(): boolean;
    end(): Promise<void>;
}

export interface Settings extends ProgramSettings {
    readonly project: string;
    readonly isTypeScript: boolean;
    /** The file that the program begins with, as far as that is TypeScript. */
    readonly entry: string | undefined;
    /** Whether a program is run at all, and once more behind a preview. */
    readonly runs: 0 | 1 | 2;
}

/** Serves an engine that is about to be started: programs and dynamic providers run in this process, and not in several of its own. */
export async function serve(pulumi: Pulumi, settings: Settings): Promise<Inline> {
    const { project, runtime, isTypeScript, entry, environment, runs } = settings;
    const { grpc, LanguageRuntimeService, ResourceProviderService } = pulumi;
    const compiler = isTypeScript ? new Compiler(runtime.folder, environment) : undefined;
    const newProgram = (): Program => new Program(settings, compiler);
    let next = runs > 0 ? newProgram() : undefined;
    let current: Operation | undefined;
    let isAsked = false;

    function begin(engine: string): Operation {
        if (current?.address === engine) return current;
        current?.end();
        current = new Operation(pulumi, engine, project);
        return current;
    }

    function operation(): Operation {
        isAsked = true;
        if (current === undefined) throw new Error("the engine has not said who it is");
        return current;
    }

    function programFor(isPreview: boolean): Program {
        isAsked = true;
        const program = next ?? newProgram();
        // While this one runs, the one behind it gets ready.
        next = isPreview && runs > 1 ? newProgram() : undefined;
        return program;
    }

    const server = new grpc.Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
    server.addService(LanguageRuntimeService, languageService(pulumi, begin, programFor));
    server.addService(ResourceProviderService, providerService(pulumi, begin, operation));
    const credentials = grpc.ServerCredentials.createInsecure();
    const port = await new Promise<number>((resolve, reject) => {
        server.bindAsync("127.0.0.1:0", credentials, (error, bound) => (error ? reject(error) : resolve(bound)));
    });
    const release = capture(() => current);
    keepModules();
    // While the engine starts, which it does first.
    const warm = (): void => {
        if (entry !== undefined) compiler?.warm(entry);
        keepModules();
    };
    if (runs > 0) setImmediate(warm);
    return {
        options: [`--client=127.0.0.1:${port}`, "--exec-kind=auto.inline"],
        environment: { PULUMI_DEBUG_PROVIDERS: `pulumi-nodejs:${port}` },
        isAsked: () => isAsked,
        async end() {
            current?.end();
            bringModulesBack();
            release();
            server.forceShutdown();
            await next?.end();
        },
    };
}
