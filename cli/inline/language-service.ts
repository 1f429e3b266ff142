import type { ServerUnaryCall, sendUnaryData, UntypedServiceImplementation } from "@grpc/grpc-js";
import type { RunRequest, RunResponse } from "@pulumi/pulumi/proto/language_pb";
import type { Operation } from "./operation.js";
import type { Program } from "./program.js";
import type { Pulumi } from "./pulumi.js";
import type { Order } from "./thread.js";

/** The runner's exit code when the user knows already what is wrong: @pulumi/pulumi, cmd/run. */
const TOLD = 32;

/** What a language host tells the runner. */
function orderOf(request: RunRequest): Order {
    const options = {
        monitor: request.getMonitorAddress(),
        engine: request.getArgsList()[0],
        organization: request.getOrganization(),
        project: request.getProject(),
        "root-directory": request.getInfo()?.getRootDirectory(),
        stack: request.getStack(),
        parallel: String(request.getParallel()),
    };
    const given = Object.entries(options).flatMap(([name, value]) => (value ? [`--${name}`, value] : []));
    return {
        args: [...given, ...(request.getDryrun() ? ["--dry-run"] : []), request.getProgram() || "."],
        environment: {
            PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().toArray())),
            PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
        },
    };
}

/** The language runtime of an engine that is told `--client`: its programs are run by us. */
export function languageService(
    pulumi: Pulumi,
    begin: (engine: string) => Operation,
    programFor: (isPreview: boolean) => Program,
): UntypedServiceImplementation {
    const { GetRequiredPluginsResponse, PluginInfo, RunResponse } = pulumi;

    function responseTo(code: number): RunResponse {
        const response = new RunResponse();
        if (code === TOLD) response.setBail(true);
        else if (code !== 0) response.setError(`Program exited with non-zero exit code: ${code}`);
        return response;
    }

    return {
        getRequiredPlugins: (_: unknown, answer: sendUnaryData<unknown>) =>
            answer(null, new GetRequiredPluginsResponse()),

        getPluginInfo: (_: unknown, answer: sendUnaryData<unknown>) =>
            answer(null, new PluginInfo().setVersion("1.0.0")),

        run: async (call: ServerUnaryCall<RunRequest, RunResponse>, answer: sendUnaryData<RunResponse>) => {
            const { request } = call;
            const operation = begin(request.getArgsList()[0] ?? "");
            const [stdout, stderr] = [operation.newOutput(), operation.newOutput()];
            const program = programFor(request.getDryrun());
            call.once("cancelled", () => program.end());
            const code = await program.run(orderOf(request), {
                stdout: (text) => stdout.write(text),
                stderr: (text) => stderr.write(text),
            });
            await Promise.all([stdout.end(), stderr.end()]);
            answer(null, responseTo(code));
        },
    };
}
