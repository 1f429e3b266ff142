import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/*
 * What is used of @pulumi/pulumi beyond its public interface: the messages that the engine speaks, the gRPC that carries them, and the
 * module by which a language host runs a program. All of it is had from here, and only where all of it is there.
 */

type Protobuf = typeof import("google-protobuf/google/protobuf/any_pb") &
    typeof import("google-protobuf/google/protobuf/empty_pb") &
    typeof import("google-protobuf/google/protobuf/struct_pb");

type Messages = typeof import("@pulumi/pulumi/proto/engine_pb") &
    typeof import("@pulumi/pulumi/proto/language_pb") &
    typeof import("@pulumi/pulumi/proto/plugin_pb") &
    typeof import("@pulumi/pulumi/proto/provider_pb") &
    typeof import("@pulumi/pulumi/proto/status_pb");

type Services = typeof import("@pulumi/pulumi/proto/engine_grpc_pb") &
    typeof import("@pulumi/pulumi/proto/language_grpc_pb") &
    typeof import("@pulumi/pulumi/proto/provider_grpc_pb");

/** What the package itself depends on is found from where it is. */
const ofPulumi = createRequire(require.resolve("@pulumi/pulumi/package.json"));

const all = <T>(...names: readonly string[]): T => Object.assign({}, ...names.map((name) => ofPulumi(name)));

function load() {
    const protobuf = ["any", "empty", "struct"].map((name) => `google-protobuf/google/protobuf/${name}_pb`);
    const messages = ["engine", "language", "plugin", "provider", "status"].map((name) => `./proto/${name}_pb`);
    const services = ["engine", "language", "provider"].map((name) => `./proto/${name}_grpc_pb`);
    return {
        version: String(ofPulumi("./package.json").version),
        grpc: ofPulumi("@grpc/grpc-js") as typeof import("@grpc/grpc-js"),
        requireFromString: ofPulumi("require-from-string") as (text: string) => { handler(): unknown },
        ...all<Protobuf>(...protobuf),
        ...all<Messages>(...messages),
        ...all<Services>(...services),
    };
}

export type Pulumi = ReturnType<typeof load>;

/** The shapes that are relied upon: whoever has them serves and is served. */
function isWhole({ grpc, requireFromString, Any, Empty, Struct, ...rest }: Pulumi): boolean {
    const { RunResponse, LogRequest, CheckResponse, DiffResponse, Status, EngineClient } = rest;
    const needed: unknown[] = [
        ...[requireFromString, grpc.Server, grpc.Metadata, grpc.ServerCredentials.createInsecure],
        ...[
            Any.prototype.pack,
            Empty,
            Struct.fromJavaScript,
            Struct.prototype.toJavaScript,
            Status.prototype.addDetails,
        ],
        ...[RunResponse.prototype.setBail, LogRequest.prototype.setStreamid, EngineClient.prototype.log],
        ...[CheckResponse.prototype.setFailuresList, DiffResponse.prototype.setDeletebeforereplace],
        ...[rest.LanguageRuntimeService.run, rest.LanguageRuntimeService.getRequiredPlugins],
        ...[rest.ResourceProviderService.attach, rest.ResourceProviderService.create],
    ];
    return needed.every((one) => one !== undefined);
}

/** Undefined where another version of the package has something else. */
export function loadPulumi(): Pulumi | undefined {
    try {
        const pulumi = load();
        return isWhole(pulumi) ? pulumi : undefined;
    } catch {
        return undefined;
    }
}

/** The copy of @pulumi/pulumi that a program in this folder uses, and in it what runs the program: a module that takes arguments. */
export interface Runtime {
    readonly folder: string;
    readonly runner: string;
}

export function runtimeOf(folder: string): Runtime | undefined {
    try {
        const found = dirname(createRequire(join(folder, "/")).resolve("@pulumi/pulumi/package.json"));
        const runner = join(found, "cmd", "run", "index.js");
        return existsSync(runner) ? { folder: found, runner } : undefined;
    } catch {
        return undefined;
    }
}
