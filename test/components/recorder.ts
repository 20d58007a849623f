import * as pulumi from "@pulumi/pulumi";

/** A resource as a program registered it, with its inputs resolved. */
export interface Recorded {
  readonly type: string;
  readonly name: string;
  readonly resource: pulumi.Resource;
  readonly options: pulumi.CustomResourceOptions;
  /** As the program passed them, Outputs included. */
  readonly props: Record<string, unknown>;
  /** As the engine would see them. */
  readonly inputs: Record<string, unknown>;
}

// An Output in a template literal is a mistake: let it throw instead of printing a hint into a name.
process.env.PULUMI_ERROR_OUTPUT_STRING = "true";

const inputs = new Map<string, Record<string, unknown>>();

/** On the wire a secret is an object with a signature and the value. */
function withoutMarks(value: unknown): unknown {
  if (typeof value !== "object" || value === null) {
    return value;
  }
  if (Array.isArray(value)) {
    return value.map(withoutMarks);
  }
  const entries = Object.entries(value);
  const secret = entries.some(([key]) => key === pulumi.runtime.specialSigKey);
  return secret
    ? withoutMarks((value as { value: unknown }).value)
    : Object.fromEntries(entries.map(([key, inner]) => [key, withoutMarks(inner)]));
}

/** Stands for a value that the engine would generate, and can be recognised in what is derived from it. */
export const generated = (name: string) => `generated-${name}`;

export async function startRecording(): Promise<void> {
  await pulumi.runtime.setMocks(
    {
      newResource: (args) => {
        const seen = withoutMarks(args.inputs) as Record<string, unknown>;
        inputs.set(`${args.type} ${args.name}`, seen);
        const metadata = { name: args.name, ...(seen.metadata as object | undefined) };
        const state = args.type.startsWith("random:")
          ? { ...seen, result: generated(args.name) }
          : { ...seen, metadata };
        return { id: `${args.name}-id`, state };
      },
      call: (args) => {
        throw new Error(`the program called ${args.token}, which no test expects`);
      },
    },
    "preview",
    "pr-123",
  );
}

class Root extends pulumi.ComponentResource {
  constructor(record: (args: pulumi.ResourceTransformationArgs) => void) {
    super(
      "test:index:Root",
      "root",
      {},
      {
        transformations: [
          (args) => {
            record(args);
            return undefined;
          },
        ],
      },
    );
  }
}

/** Runs a program under its own root and returns every resource that it registered. */
export async function record(program: (root: pulumi.Resource) => void): Promise<Recorded[]> {
  inputs.clear();
  const registered: pulumi.ResourceTransformationArgs[] = [];
  const root = new Root((args) => registered.push(args));
  program(root);
  const children = registered.filter(({ resource }) => resource !== root);
  await Promise.all(children.map(({ resource }) => settled(resource)));
  return children.map(({ type, name, resource, opts, props }) => ({
    type,
    name,
    resource,
    options: opts,
    props,
    inputs: inputs.get(`${type} ${name}`) ?? {},
  }));
}

function settled(resource: pulumi.Resource): Promise<unknown> {
  const last = pulumi.CustomResource.isInstance(resource) ? resource.id : resource.urn;
  return new Promise((resolve) => {
    last.apply(resolve);
  });
}

/** Transforms that put their workload's name into an annotation, and the names of those that were called. */
export function markingTransforms() {
  const seen: string[] = [];
  const mark =
    (part: string) =>
    <Args>(args: Args): Args => {
      seen.push(part);
      return { ...args, metadata: { ...(args as { metadata: object }).metadata, annotations: { part } } };
    };
  return { seen, mark };
}
