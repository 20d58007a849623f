import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { parseEnv } from "node:util";

const folder = `${import.meta.dirname}/..`;
const read = (file: string) => readFileSync(`${folder}/${file}`, "utf8");
const sources = globSync("{app,components,lib}/**/*.{ts,tsx}", { cwd: folder })
  .concat("instrumentation.ts", "next.config.ts")
  .filter((file) => !file.endsWith(".test.ts"));

/** Read by Node, Next and next-auth rather than by our own code. */
const BY_LIBRARIES = ["AUTH_SECRET", "AUTH_TRUST_HOST", "AUTH_URL", "HOSTNAME", "NEXTAUTH_SECRET", "NODE_ENV", "PORT"];

test(".env.preview.example names each variable that is read, and no other", () => {
  const own = sources.flatMap((file) => variablesIn(read(file))).filter((name) => name !== "NEXT_RUNTIME");
  const documented = Object.keys(parseEnv(read(".env.preview.example")));
  assert.deepEqual(documented.sort(), [...new Set([...own, ...BY_LIBRARIES])].sort());
});

test("code in the browser reads no variable: it would be frozen into the JavaScript", () => {
  for (const file of sources) {
    if (read(file).startsWith('"use client"')) assert.deepEqual(variablesIn(read(file)), [], file);
  }
});

test("the image sets the address to listen on, and copies what browsers fetch", () => {
  const dockerfile = read("Dockerfile");
  assert.match(dockerfile, /HOSTNAME=0\.0\.0\.0/);
  assert.match(dockerfile, /COPY .*\.next\/static \.\/\.next\/static/);
  assert.equal(globSync("public", { cwd: folder }).length > 0, /COPY .*public \.\/public/.test(dockerfile));
});

/** As `process.env.NAME` and as `const { NAME } = process.env`. */
function variablesIn(source: string): string[] {
  const direct = [...source.matchAll(/process\.env\.([A-Z_]+)/g)].map(([, name]) => name!);
  const taken = [...source.matchAll(/\{([^{}]+)\} = process\.env/g)].flatMap(([, names]) => names!.match(/[A-Z_]+/g)!);
  return [...direct, ...taken];
}
