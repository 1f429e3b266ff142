/**
 * What the engine calls for a resource that does nothing: the floor under every other.
 *
 * @type {import("@pulumi/pulumi").dynamic.ResourceProvider}
 */
exports.provider = {
    check: async (_olds, inputs) => ({ inputs }),
    diff: async (_id, olds, news) => ({
        changes: Object.keys(news).some((key) => key !== "__provider" && olds[key] !== news[key]),
    }),
    create: async (inputs) => ({ id: String(inputs.name ?? inputs.leftName ?? "nothing"), outs: inputs }),
    read: async (id, props) => ({ id, props }),
    update: async (_id, _olds, news) => ({ outs: news }),
    delete: async () => undefined,
};
