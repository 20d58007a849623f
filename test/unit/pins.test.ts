import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { versions } from "../../embedded";
import { checkout } from "../../embedded/paths";

interface Manifest {
  readonly dependencies?: Record<string, string>;
  readonly devDependencies?: Record<string, string>;
  readonly optionalDependencies?: Record<string, string>;
}

interface Renovate {
  readonly packageRules: readonly {
    readonly matchPackageNames: readonly string[];
    readonly matchFileNames?: string[];
  }[];
  readonly customManagers: readonly {
    readonly managerFilePatterns: readonly string[];
    readonly matchStrings: string[];
  }[];
}

const read = (path: string) => readFileSync(join(checkout, path), "utf8");
const npmOf = (path: string): Record<string, string> => {
  const { dependencies, devDependencies, optionalDependencies } = JSON.parse(read(path)) as Manifest;
  return { ...dependencies, ...devDependencies, ...optionalDependencies };
};
const root = npmOf("package.json");
const frontend = npmOf("examples/order-desk/frontend/package.json");
const { packageRules, customManagers } = JSON.parse(read("renovate.json")) as Renovate;

/** That .github/actions installs the same Pulumi is a test of the workflows'. */
describe("pins that belong together", () => {
  it("are of one version", () => {
    assert.equal(versions.pulumi, root["@pulumi/pulumi"]);
    assert.equal(root.commander, root["@commander-js/extra-typings"]);
    assert.equal(root["playwright-core"], frontend["@playwright/test"]);
  });

  it("are known to the updater by names that there are", () => {
    const goMods = globSync("embedded/toolchain/*/go.mod", { cwd: checkout });
    const names = [
      ...Object.keys({ ...root, ...frontend, ...npmOf("embedded/images/packages/package.json") }),
      ...goMods.flatMap((file) => read(file).match(/\b[a-z][\w.-]*\.[a-z]+\/[^\s]+/g) ?? []),
    ];
    for (const { matchPackageNames, matchFileNames = [] } of packageRules) {
      for (const pattern of matchPackageNames) {
        const prefix = pattern.replace(/\*\*$/, "");
        assert.ok(
          names.some((name) => (prefix === pattern ? name === pattern : name.startsWith(prefix))),
          pattern,
        );
      }
      assert.ok(matchFileNames.every((file) => existsSync(join(checkout, file))));
    }
  });

  it("are found by the updater in files that it can't read by itself", () => {
    for (const { managerFilePatterns, matchStrings } of customManagers) {
      const path = managerFilePatterns[0]!.replaceAll(/^\/\^|\$\/$|\\/g, "");
      assert.match(read(path), new RegExp(matchStrings[0]!), path);
    }
  });
});
