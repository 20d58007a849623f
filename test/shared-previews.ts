import { join } from "node:path";
import type { SettingsInput } from "../contract";
import { all } from "../clients/process/all";
import { ensureImage } from "../embedded";
import { closeBrowser } from "./e2e/browser";
import { embedded } from "./engine/embedded";
import { OidcProvider } from "./engine/oidc/provider";
import { Preview } from "./engine/preview";

/** A company's login, which both halves of the shared previews use. */
export const provider = new OidcProvider();

/** The origin whose pages may call the order desk's API. */
export const dashboard = "https://dashboard.example.com";

/**
 * A preview that many suites use: the first brings it up, and it is closed after the process's last suite. A test
 * that changes it restores it.
 */
class SharedPreview extends Preview {
  private opening: Promise<void> | undefined;

  constructor(
    pullRequest: number,
    private readonly choose: (settings: SettingsInput) => SettingsInput | Promise<SettingsInput>,
  ) {
    super(pullRequest);
  }

  open(): Promise<void> {
    this.opening ??= all([provider.start(), this.bringUp()]).then(() => this.reachable());
    return this.opening;
  }

  async closeIfOpened(): Promise<void> {
    if (this.opening !== undefined) {
      await this.opening.catch(() => undefined);
      this.opening = undefined;
      await this.close();
    }
  }

  private async bringUp(): Promise<void> {
    this.settings = provider.configure(await this.choose(this.settings));
    // A killed run may have left it.
    await this.close();
    await this.init();
    await this.up();
  }
}

/** The order desk, as `npm start` brings it up, with an API that also has a host of its own. */
export const desk = new SharedPreview(90401, ({ api, ingress, ...settings }) => ({
  ...settings,
  api: { ...api, corsOrigins: [dashboard, provider.issuer] },
  ingress: { ...ingress, apiHost: true },
}));

/** A text that Kubernetes would alter unless it is escaped. */
export const literal = "a$$b $(PREVIEW_HOST) $(X) $";
const given = {
  env: { LITERAL: literal, NUMBER: 30, BOOLEAN: true },
  // Kubernetes doesn't alter what comes from a Secret.
  secrets: { LITERAL_SECRET: literal },
};
const fromCommand = ["env", `LITERAL_OF_COMMAND=${literal}`];

/**
 * Another pull request's preview next to it. Its API also has the routes of `engine/proxy`, which show what arrives; its
 * migration fails unless its environment is exactly what is written here.
 */
export const sibling = new SharedPreview(90402, async ({ api, web, ingress, ...settings }) => ({
  ...settings,
  api: {
    ...api,
    ...given,
    image: await parityImage(),
    settingsModule: "parity.settings",
    command: [...fromCommand, "./bin/api-entrypoint.sh"],
    migrate: ["sh", "-c", 'test "$1" = "$LITERAL_SECRET" && exec ./bin/migrate-and-seed.sh', "migrate", literal],
  },
  web: { ...web, ...given, command: [...fromCommand, "node", "server.js"] },
  ingress: { ...ingress, apiHost: true },
  trustPublicCas: true,
}));

const parityImage = () =>
  ensureImage(
    {
      name: "api-parity",
      context: join(__dirname, "engine/proxy"),
      buildArgs: { API_IMAGE: embedded().images.api },
    },
    () => undefined,
  );

/** Called by mocha after the last suite of a process. */
export const mochaHooks = {
  async afterAll(): Promise<void> {
    await all([desk.closeIfOpened(), sibling.closeIfOpened(), closeBrowser()]).finally(() => provider.stop());
  },
};
