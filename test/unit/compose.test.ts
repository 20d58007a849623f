import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import {
  databaseEnvironment,
  databaseSecrets,
  databaseVolume,
  type Environment,
  longRunning,
  secretData,
  standardPartList,
  standardParts,
} from "../../contract";
import { minimal, settingsWith } from "./example-settings";

interface ComposeFile {
  readonly services: Record<string, { environment: Record<string, string>; ports?: string[]; volumes?: string[] }>;
}

const example = join(__dirname, "../../examples/order-desk");
const read = (file: string) => readFileSync(join(example, file), "utf8");

/** The reference product, both on compose and in a preview, with these values. */
const outside = {
  GIT_SHA: "4f5c2d1",
  PREVIEW_HOST: "pr-123.previews.example.com",
  DJANGO_SECRET_KEY: "django",
  NEXTAUTH_SECRET: "auth",
  POSTGRES_PASSWORD: "database",
  DEMO_USER_PASSWORD: "reviewer",
};
const settings = settingsWith({
  api: { ...minimal.api, sha: outside.GIT_SHA },
  web: { ...minimal.web, sha: outside.GIT_SHA },
  demoLogin: { username: "reviewer", passwordVariable: "DEMO_USER_PASSWORD" },
});
const generated = {
  databasePassword: "database",
  djangoSecretKey: "django",
  nextAuthSecret: "auth",
  demoPassword: "reviewer",
};
const contract = {
  api: values(settings.workloads.api!.environment, secretData(settings.workloads.api!.secrets, generated)),
  web: values(settings.workloads.web!.environment, secretData(settings.workloads.web!.secrets, generated)),
  db: values(databaseEnvironment(settings.database), secretData(databaseSecrets, generated)),
};
const preview = compose("docker-compose.preview.yml", outside);
const development = compose("docker-compose.yml", {});
const templates = {
  api: template("backend/.env.preview.example"),
  web: template("frontend/.env.preview.example"),
};

describe("the reference product on compose", () => {
  for (const service of ["api", "web", "db"] as const) {
    it(`sets every variable of the contract in the preview's ${service}, to the same value`, () => {
      const { environment } = preview.services[service]!;
      assert.deepEqual({ ...environment, ...contract[service] }, environment);
    });
  }

  for (const service of ["api", "web"] as const) {
    it(`lists exactly the variables of the preview's ${service} in its template`, () => {
      const given = Object.keys(preview.services[service]!.environment);
      assert.deepEqual(Object.keys(templates[service]).sort(), given.sort());
    });

    it(`gives the preview's ${service} the values in its template`, () => {
      const { environment } = preview.services[service]!;
      const given = Object.entries(templates[service]).filter(([, value]) => value !== "");
      assert.deepEqual({ ...environment, ...Object.fromEntries(given) }, environment);
    });

    it(`sets no variable in local development's ${service} that a preview lacks`, () => {
      const known = Object.keys(preview.services[service]!.environment);
      const unknown = Object.keys(development.services[service]!.environment).filter((name) => !known.includes(name));
      assert.deepEqual(unknown, []);
    });
  }

  for (const [file, { services: parts }] of Object.entries({ preview, development })) {
    it(`uses the contract's names, ports and volume in the file of the ${file}, and publishes only the web, on loopback`, () => {
      assert.deepEqual(
        Object.keys(parts).sort(),
        longRunning(standardPartList)
          .map(({ name }) => name)
          .sort(),
      );
      const published = Object.entries(parts).flatMap(([name, { ports = [] }]) =>
        ports.map((port) => `${name} ${port}`),
      );
      assert.deepEqual(published, [`web 127.0.0.1:3000:${standardParts.web.port}`]);
      assert.deepEqual(parts.db!.volumes, [`db:${databaseVolume}`]);
    });
  }

  for (const name of Object.keys(outside)) {
    it(`refuses to start a preview without ${name}`, () => {
      assert.throws(
        () => compose("docker-compose.preview.yml", { ...outside, [name]: "" }),
        new RegExp(`^Error: ${name}: .`),
      );
    });
  }
});

/** What a container sees, with its secrets in place. */
function values(environment: Environment, secrets: Record<string, string>): Record<string, string> {
  const entries = Object.entries(environment).map(([name, value]) => {
    if (typeof value === "string") return [name, value];
    assert.ok("ownSecret" in value, `${name} is in a Secret of the platform, which compose doesn't have`);
    return [name, secrets[value.ownSecret]!];
  });
  return Object.fromEntries(entries) as Record<string, string>;
}

function compose(file: string, variables: Record<string, string>): ComposeFile {
  return parse(interpolate(read(file), variables)) as ComposeFile;
}

/** The three forms that the files use: `${NAME}`, `${NAME:-default}` and `${NAME:?what it must be}`. */
function interpolate(text: string, variables: Record<string, string>): string {
  return text.replace(/\$\{(\w+)(?::([-?])([^}]*))?\}/g, (_, name: string, form?: "-" | "?", rest = "") => {
    const value = variables[name] ?? "";
    if (value !== "" || form === undefined) return value;
    if (form === "-") return String(rest);
    throw new Error(`${name}: ${String(rest)}`);
  });
}

function template(file: string): Record<string, string> {
  return Object.fromEntries([...read(file).matchAll(/^(\w+)=(.*)$/gm)].map(([, name, value]) => [name!, value!]));
}
