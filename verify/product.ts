import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { UserError } from "../contract";

const path = z.string().regex(/^\/(?!\/)[^\s#]*$/, "must be a path on the public host, such as /api/orders/");
const evidence = z.strictObject({
  path: path.describe("what is asked for"),
  text: z.string().min(1).describe("what the answer contains"),
});

const schema = z.strictObject({
  product: z
    .string()
    .optional()
    .describe(
      "the setting `product` of what this is about: `preview up` says so where another product is checked by it",
    ),
  admin: path.regex(/\/$/, "must end in a slash").default("/api/admin/").describe("Django's admin"),
  health: path.default("/healthz").describe("the web's own health check"),
  page: evidence
    .optional()
    .describe("a page rendered on the server, and a text that it shows only if the API answered"),
  api: path.optional().describe("an address of the API that browsers call; it answers anyone with JSON"),
  events: path
    .optional()
    .describe("an event stream that answers anyone, begins with an event or a comment, and stays open"),
  links: path.optional().describe("an address that answers anyone with JSON in which Django has written absolute URLs"),
  seed: evidence
    .optional()
    .describe("an address that answers anyone, and a text in it that is there only after seeding"),
  private: z.array(path).optional().describe("answers that differ by who is logged in; otherwise the admin's index"),
  login: z
    .strictObject({
      path: path.describe("takes POST of JSON with username and password"),
      whoami: path.describe("its answer contains the name of the user who is logged in"),
      logout: path.optional().describe("takes DELETE"),
    })
    .optional()
    .describe("how to log in, where the demo login may not enter the admin; otherwise the admin's form"),
  screenshots: z
    .array(path)
    .default(["/"])
    .describe("pages that `preview up --screenshots` takes a picture of, as the demo login sees them; `[]` for none"),
  cors: z.boolean().default(false).describe("true where other origins are to call the API (django-cors-headers)"),
  migrateCheck: z
    .array(z.string().min(1))
    .min(1)
    .default(["python", "manage.py", "migrate", "--check"])
    .describe("run in the API's container; fails where a migration isn't applied"),
});

/** What can't be guessed about a product. */
export type Product = z.output<typeof schema>;
export type ProductInput = z.input<typeof schema>;

/** @throws UserError that names every key that is wrong */
export function parseProduct(input: unknown, source: string): Product {
  const result = schema.safeParse(input ?? {});
  if (!result.success) {
    const problems = result.error.issues.map(
      (issue) => `${source}: ${issue.path.join(".") || "file"}: ${issue.message}`,
    );
    throw new UserError(problems.join("\n"));
  }
  return result.data;
}

/** Reads a file in YAML or JSON. */
export function readProduct(file: string): Product {
  let content: unknown;
  try {
    content = parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new UserError(`${file}: ${(error as Error).message}`);
  }
  return parseProduct(content, file);
}

/** The file `preview-verify.yaml` beside `Pulumi.yaml`; undefined where there is none. */
export function productOf(project: string): Product | undefined {
  const file = join(project, "preview-verify.yaml");
  return existsSync(file) ? readProduct(file) : undefined;
}

/** A key as the documentation shows it; `login.path` is the key `path` in the key `login`. */
export interface ProductKey {
  readonly key: string;
  readonly meaning: string;
  /** Undefined where there is none. */
  readonly default?: unknown;
}

/** Every key, those in other keys after them. */
export function productKeys(shape: Readonly<Record<string, z.ZodType>> = schema.shape, prefix = ""): ProductKey[] {
  return Object.entries(shape).flatMap(([name, field]) => {
    const key = `${prefix}${name}`;
    const inner = field instanceof z.ZodOptional ? field.unwrap() : field;
    return [
      { key, meaning: field.description ?? "", default: field.safeParse(undefined).data },
      ...(inner instanceof z.ZodObject ? productKeys(inner.shape, `${key}.`) : []),
    ];
  });
}
