import eslint from "@eslint/js";
import prettier from "eslint-config-prettier";
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["node_modules/", "examples/", "test-results/"] },
  eslint.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked.map((config) => ({ ...config, files: ["**/*.ts"] })),
  {
    files: ["**/*.ts"],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
  },
  {
    // What is printed has been outside: cli/output/print.ts sanitizes it.
    files: ["{cli,lifecycle,verify,clients}/**/*.ts"],
    ignores: ["cli/output/print.ts"],
    rules: { "no-console": "error" },
  },
  {
    // A verb returns its result: what the command ends with is cli/'s to say.
    files: ["{lifecycle,verify,clients}/**/*.ts"],
    rules: { "no-restricted-properties": ["error", { object: "process", property: "exitCode" }] },
  },
  {
    files: ["**/*.mjs"],
    languageOptions: { globals: { process: "readonly", console: "readonly", fetch: "readonly" } },
  },
  {
    files: ["**/*.cjs"],
    languageOptions: { sourceType: "commonjs", globals: { process: "readonly" } },
  },
  prettier,
);
