import { generateKeyPairSync, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { URLSearchParams } from "node:url";
import { Provider } from "oidc-provider";
import { loginPage } from "./login-page.mjs";
import { isRegistered } from "./redirect-uri.mjs";

/**
 * ISSUER is the public address, the same for browsers and for pods. CLIENTS and ACCOUNTS are JSON lists: clients as in
 * OpenID Connect's registration, with patterns as redirect_uris; accounts as { sub, email, name, password }. Sessions
 * and keys are kept in memory.
 */
const { ISSUER = "", CLIENTS = "[]", ACCOUNTS = "[]" } = process.env;
const accounts = JSON.parse(ACCOUNTS);

const provider = new Provider(ISSUER, {
  clients: JSON.parse(CLIENTS),
  findAccount: (_context, sub) => {
    const account = accounts.find((one) => one.sub === sub);
    if (account === undefined) return undefined;
    const { email, name } = account;
    return { accountId: sub, claims: () => ({ sub, email, email_verified: true, name }) };
  },
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
  // As most providers do, and so that clients which read the ID token alone know whom they deal with.
  conformIdTokenClaims: false,
  pkce: { required: () => true },
  jwks: { keys: [signingKey()] },
  cookies: { keys: [randomBytes(32).toString("hex")] },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
  loadExistingGrant: grantAll,
  renderError: (context, { error, error_description }) => {
    context.type = "json";
    context.body = { error, error_description };
  },
});

// TLS ends at the ingress controller, which overwrites X-Forwarded-*.
provider.proxy = true;

provider.Client.prototype.redirectUriAllowed = function (redirectUri) {
  return isRegistered(this.redirectUris, redirectUri);
};

/** Both clients are the company's own: nobody is asked for consent. */
async function grantAll({ oidc }) {
  const id = oidc.session.grantIdFor(oidc.client.clientId);
  const known = id && (await provider.Grant.find(id));
  if (known) return known;
  const grant = new provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
  grant.addOIDCScope("openid email profile");
  await grant.save();
  return grant;
}

function signingKey() {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { ...privateKey.export({ format: "jwk" }), use: "sig", alg: "RS256" };
}

async function interact(request, response) {
  const { uid } = await provider.interactionDetails(request, response);
  const given = request.method === "POST" ? new URLSearchParams(await text(request)) : undefined;
  const account = accounts.find(
    ({ email, password }) => email === given?.get("email") && password === given.get("password"),
  );
  if (account !== undefined) {
    await provider.interactionFinished(request, response, { login: { accountId: account.sub } });
    return;
  }
  response.writeHead(given === undefined ? 200 : 401, { "Content-Type": "text/html", "Cache-Control": "no-store" });
  response.end(loginPage(`/interaction/${uid}`, given !== undefined));
}

const handle = provider.callback();
const server = createServer((request, response) => {
  if (!request.url.startsWith("/interaction/")) {
    handle(request, response);
    return;
  }
  interact(request, response).catch((error) => {
    response.writeHead(400, { "Content-Type": "text/plain" }).end(String(error.message));
  });
});
server.listen(3000);
process.on("SIGTERM", () => {
  server.close();
  server.closeAllConnections();
});
