import type { ServerErrorResponse, ServerUnaryCall, sendUnaryData, UntypedServiceImplementation } from "@grpc/grpc-js";
import type * as rpc from "@pulumi/pulumi/proto/provider_pb";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { Operation } from "./operation.js";
import { type Properties, TEXT } from "./providers.js";
import type { Pulumi } from "./pulumi.js";

/** By these, in Pulumi's protocol, an object is a secret. */
const [SIGNATURE, SECRET] = ["4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270"];

const plain = (struct: Struct | undefined): Properties => struct?.toJavaScript() ?? {};

function withoutSecret(value: unknown): unknown {
    const { [SIGNATURE]: signature, value: inner } = Object(value) as Properties;
    return signature === SECRET ? inner : value;
}

type Call<Request> = ServerUnaryCall<Request, unknown>;

/**
 * The service that `pulumi-nodejs`, the provider of all dynamic resources, gives the engine, with all that @pulumi/pulumi's own does
 * (cmd/dynamic-provider), and one thing more: the engine may attach to it, and so need not start it.
 */
export function providerService(
    pulumi: Pulumi,
    begin: (engine: string) => void,
    operation: () => Operation,
): UntypedServiceImplementation {
    const { CheckFailure, CheckResponse, ConfigureResponse, CreateResponse, DiffResponse, Empty } = pulumi;
    const { PluginInfo, ReadResponse, UpdateResponse } = pulumi;
    const toStruct = (properties: Properties): Struct => pulumi.Struct.fromJavaScript(properties as never);

    /** With the text that makes the provider, for the next time. */
    const withText = (result: object | undefined, properties: Properties): Struct =>
        toStruct({ ...result, [TEXT]: properties[TEXT] });

    /** A failure that leaves something behind says what. */
    function failed(error: unknown): ServerErrorResponse {
        const { message = "", id, properties = {}, reasons = [] } = Object(error);
        const metadata = new pulumi.grpc.Metadata();
        const code = pulumi.grpc.status.UNKNOWN;
        if (id) {
            const detail = new pulumi.ErrorResourceInitFailed();
            detail.setId(id);
            detail.setProperties(toStruct(properties));
            detail.setReasonsList(reasons);
            const packed = new pulumi.Any();
            packed.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
            const status = new pulumi.Status();
            status.setCode(code);
            status.setMessage(message);
            status.addDetails(packed);
            metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
        }
        return { name: "Error", code, message, metadata };
    }

    /** What fails here is shown, as a process that ran into it would show it. */
    async function told(error: unknown): Promise<ServerErrorResponse> {
        const { stack } = Object(error);
        console.error(stack ? `${error}: ${stack}` : `${error}`);
        await operation().told();
        return error as ServerErrorResponse;
    }

    const serve =
        <Request>(
            work: (request: Request) => Promise<unknown>,
            explain: (error: unknown) => ServerErrorResponse | Promise<ServerErrorResponse> = failed,
        ) =>
        async ({ request }: Call<Request>, answer: sendUnaryData<unknown>): Promise<void> => {
            try {
                answer(null, await work(request));
            } catch (error) {
                answer(await explain(error));
            }
        };

    return {
        attach: serve(async (request: InstanceType<Pulumi["PluginAttach"]>) => {
            begin(request.getAddress());
            return new Empty();
        }),

        cancel: serve(async () => new Empty()),

        getPluginInfo: serve(async () => new PluginInfo().setVersion(pulumi.version)),

        configure: serve(async (request: rpc.ConfigureRequest) => {
            const given = Object.entries(plain(request.getArgs())).filter(([key]) => key !== TEXT);
            operation().providers.configure(
                Object.fromEntries(given.map(([key, value]) => [key, withoutSecret(value)])),
            );
            return new ConfigureResponse();
        }),

        check: serve(async (request: rpc.CheckRequest) => {
            const [olds, news] = [plain(request.getOlds()), plain(request.getNews())];
            const provider = await operation().providers.of(news, olds);
            const { inputs = news, failures = [] } = (await provider.check?.(olds, news)) ?? {};
            const response = new CheckResponse();
            response.setInputs(withText(inputs, news));
            response.setFailuresList(
                failures.map(({ property, reason }) => {
                    const failure = new CheckFailure();
                    failure.setProperty(property);
                    failure.setReason(reason);
                    return failure;
                }),
            );
            return response;
        }, told),

        diff: serve(async (request: rpc.DiffRequest) => {
            const [olds, news] = [plain(request.getOlds()), plain(request.getNews())];
            const provider = await operation().providers.of(news, olds);
            const response = new DiffResponse();
            if (provider.diff === undefined) return response;
            const { changes, replaces, deleteBeforeReplace } = await provider.diff(request.getId(), olds, news);
            const { DIFF_NONE, DIFF_SOME, DIFF_UNKNOWN } = DiffResponse.DiffChanges;
            response.setChanges(changes === undefined ? DIFF_UNKNOWN : changes ? DIFF_SOME : DIFF_NONE);
            response.setReplacesList(replaces ?? []);
            response.setDeletebeforereplace(deleteBeforeReplace ?? false);
            return response;
        }, told),

        create: serve(async (request: rpc.CreateRequest) => {
            const inputs = plain(request.getProperties());
            const provider = await operation().providers.of(inputs);
            const { id, outs } = await provider.create(inputs);
            const response = new CreateResponse();
            response.setProperties(withText(outs, inputs));
            response.setId(id);
            return response;
        }),

        read: serve(async (request: rpc.ReadRequest) => {
            const properties = plain(request.getProperties());
            const provider = await operation().providers.of(properties);
            const response = new ReadResponse();
            if (provider.read === undefined) {
                response.setId(request.getId());
                response.setProperties(request.getProperties());
                return response;
            }
            const { id, props, inputs } = await provider.read(request.getId(), properties);
            response.setId(id as string);
            response.setProperties(withText(props, properties));
            if (inputs) response.setInputs(withText(inputs, properties));
            return response;
        }, told),

        update: serve(async (request: rpc.UpdateRequest) => {
            const [olds, news] = [plain(request.getOlds()), plain(request.getNews())];
            const provider = await operation().providers.of(news);
            const { outs } = (await provider.update?.(request.getId(), olds, news)) ?? {};
            const response = new UpdateResponse();
            response.setProperties(withText(outs, news));
            return response;
        }),

        delete: serve(async (request: rpc.DeleteRequest) => {
            const properties = plain(request.getProperties());
            const provider = await operation().providers.of(properties);
            await provider.delete?.(request.getId(), properties);
            return new Empty();
        }, told),
    };
}
