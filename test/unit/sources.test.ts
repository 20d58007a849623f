import assert from "node:assert/strict";
import { parseSources, sourcesByRepository } from "../../contract";
import { problemsWith, settingsWith } from "./example-settings";

const api = { repository: "myorg/backend", image: "ghcr.io/myorg/api:${sha}" };
const collab = { repository: "MyOrg/Backend", image: "ghcr.io/myorg/collab:sha-${sha}" };
const services = { collab: { image: `ghcr.io/myorg/collab:${"a".repeat(40)}`, perCommit: true, port: 80 } };

/** Invalid values, each with the message that it must show. */
const wrong: [what: string, values: object, message: RegExp][] = [
  [
    "a part that there isn't",
    { sources: { worker: api } },
    /^sources\.worker: must be named api, web or a service with perCommit: true$/,
  ],
  [
    "a service that no commit changes",
    { services: { redis: { image: "redis:7.4" } }, sources: { redis: api } },
    /^sources\.redis: must be named api, web or a service with perCommit: true$/,
  ],
  ["the database", { sources: { database: api } }, /^sources\.database: must not be called like a part/],
  [
    "the web of a product without one",
    { web: { enabled: false }, sources: { web: api } },
    /^sources\.web: there is no web/,
  ],
  ["no repository", { sources: { api: { image: api.image } } }, /^sources\.api\.repository: is required; got nothing$/],
  ["a list", { sources: ["api"] }, /^sources: must be a map such as \{ key: value \}; got \["api"\]$/],
  [
    "a repository with a path",
    { sources: { api: { ...api, repository: "myorg/../x" } } },
    /^sources\.api\.repository: must be owner\/name; got "myorg\/\.\.\/x"/,
  ],
  [
    "the own repository",
    { repository: "MYORG/backend", sources: { api } },
    /^sources\.api\.repository: must be another one than the setting repository.*; got myorg\/backend/,
  ],
  [
    "a branch that git refuses",
    { sources: { api: { ...api, branch: "a..b" } } },
    /^sources\.api\.branch: must be the name/,
  ],
  [
    "two branches of one repository",
    { services, sources: { api, collab: { ...collab, branch: "develop" } } },
    /^sources\.collab\.branch: must be that of sources\.api, which has the same repository; got develop/,
  ],
  [
    "an image without a commit",
    { sources: { api: { ...api, image: "ghcr.io/myorg/api:main" } } },
    /whose tag has \$\{sha\}/,
  ],
  [
    "a commit in the path",
    { sources: { api: { ...api, image: "ghcr.io/${sha}/api:main" } } },
    /whose tag has \$\{sha\}/,
  ],
  [
    "a setting that there isn't",
    { sources: { api: { ...api, tag: "x" } } },
    /^sources\.api\.tag: there is no such setting/,
  ],
];

describe("the setting sources", () => {
  for (const [what, values, message] of wrong) {
    it(`refuses ${what}`, () => {
      const found = problemsWith(values);
      assert.ok(found.length === 1 && message.test(found[0]!), found.join("\n"));
    });
  }

  it("is checked alike before there is an image", () => {
    assert.deepEqual(parseSources({ services, sources: { api, collab } }).api, { ...api, branch: "main" });
    const settings = { repository: 5, services: "redis", sources: { aip: api } } as object;
    assert.throws(() => parseSources(settings), {
      name: "SettingsError",
      problems: ["sources.aip: must be named api, web or a service with perCommit: true"],
    });
  });

  it("groups parts by repository, whatever its case", () => {
    const { sources } = settingsWith({ services, sources: { api, collab } });
    assert.deepEqual(sourcesByRepository(sources), [
      { repository: "myorg/backend", branch: "main", images: { api: api.image, collab: collab.image } },
    ]);
  });
});
