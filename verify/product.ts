import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { UserError } from "../contract";

const path = z.string().regex(/^\/(?!\/)[^\s#]*$/, "must be a path on the public host, such as /api/orders/");
const evidence = z.strictObject({
  path: path.describe("path to request"),
  text: z.string().min(1).describe("text that the response contains"),
});

const schema = z.strictObject({
  product: z
    .string()
    .optional()
    .describe(
      "the setting `product` of what this is about: `preview up` says so where another product is checked by it",
    ),
  admin: path.regex(/\/$/, "must end in a slash").default("/api/admin/").describe("path of Django's admin"),
  health: path.default("/healthz").describe("path of the web's health check"),
  page: evidence
    .optional()
    .describe("a page rendered on the server, and a text that it shows only if the API has answered"),
  api: path.optional().describe("an API path that browsers call, and that answers anyone with JSON"),
  events: path
    .optional()
    .describe("path of an event stream open to anyone, which begins with an event or a comment and stays open"),
  links: path.optional().describe("a path that answers anyone with JSON that contains absolute URLs made by Django"),
  seed: evidence
    .optional()
    .describe("a path open to anyone, and a text in its response that exists only after seeding"),
  private: z
    .array(path)
    .optional()
    .describe("paths whose response depends on the logged-in user; by default the admin's index"),
  login: z
    .strictObject({
      path: path.describe("path that accepts POST of JSON with username and password"),
      whoami: path.describe("path whose response contains the logged-in user's name"),
      logout: path.optional().describe("path that accepts DELETE; by default that of the login"),
    })
    .optional()
    .describe("how to log in if the demo login has no access to the admin; by default with the admin's form"),
  screenshots: z
    .array(path)
    .default(["/"])
    .describe("pages for `preview up --screenshots`, taken with the demo login; `[]` for none"),
  cors: z.boolean().default(false).describe("whether other origins may call the API (django-cors-headers)"),
  migrateCheck: z
    .array(z.string().min(1))
    .min(1)
    .default(["python", "manage.py", "migrate", "--check"])
    .describe("command for the API's container that fails if a migration isn't applied"),
});

/** What the checks can't find out about a product by themselves. */
export type Product = z.output<typeof schema>;
export type ProductInput = z.input<typeof schema>;

/** @throws UserError that names every invalid key */
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

/** Reads a YAML or JSON file. */
export function readProduct(file: string): Product {
  let content: unknown;
  try {
    content = parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new UserError(`${file}: ${(error as Error).message}`);
  }
  return parseProduct(content, file);
}

/** The content of `preview-verify.yaml` next to `Pulumi.yaml`; undefined if there is none. */
export function productOf(project: string): Product | undefined {
  const file = join(project, "preview-verify.yaml");
  return existsSync(file) ? readProduct(file) : undefined;
}

/** A key for the documentation; `login.path` is the key `path` in `login`. */
export interface ProductKey {
  readonly key: string;
  readonly meaning: string;
  /** Undefined if there is none. */
  readonly default?: unknown;
}

/** All keys, with nested keys after their parents. */
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
