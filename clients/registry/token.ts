import { z } from "zod";
import { basic } from "./basic";
import { failing, Refused, unexpected } from "./errors";
import type { Login } from "./login";
import { mayLeadTo, type Place } from "./place";
import type { Answer, Requests } from "./requests";

const granted = z.union([
  z.object({ token: z.string().min(1) }).transform(({ token }) => token),
  z.object({ access_token: z.string().min(1) }).transform(({ access_token }) => access_token),
]);

/**
 * A token to pull one repository, from the server that the registry names
 * (https://distribution.github.io/distribution/spec/auth/token/, and …/oauth/ for an identity token).
 *
 * @throws Refused if the server refuses the login
 * @throws UserError if it may not be asked, or answers something else
 */
export async function bearerToken(
  { realm = "", service = "" }: Readonly<Record<string, string>>,
  place: Place,
  login: Login | undefined,
  requests: Requests,
): Promise<string> {
  const url = URL.parse(realm);
  if (url === null || !mayLeadTo(url, place)) {
    throw unexpected(
      place,
      `wants a token from ${realm === "" ? "nobody" : `${realm.slice(0, 100)}, which isn't https`}`,
    );
  }
  const scope = `repository:${place.name}:pull`;
  const isOurs = (next: URL) => next.origin === url.origin;
  const answer = await (login?.identityToken === undefined
    ? requests.send(withQuery(url, { service, scope }), { headers: basicHeader(login) }, isOurs)
    : requests.send(url, exchange(login.identityToken, { service, scope }), isOurs));
  if ([401, 403, 429].includes(answer.status)) {
    throw new Refused(answer, login);
  }
  if (answer.status >= 500) {
    throw failing(place, url.host, answer.status);
  }
  const token = answer.status === 200 ? tokenIn(answer) : undefined;
  if (token === undefined) {
    throw unexpected(place, `sends us to ${url.host} for a token, which answers ${answer.status} without one`);
  }
  return token;
}

function withQuery(url: URL, query: Readonly<Record<string, string>>): URL {
  const whole = new URL(url);
  Object.entries(query).forEach(([name, value]) => whole.searchParams.set(name, value));
  return whole;
}

const basicHeader = (login: Login | undefined): Record<string, string> =>
  login?.password === undefined ? {} : { authorization: basic(login.username, login.password) };

const exchange = (identityToken: string, about: Readonly<Record<string, string>>) => ({
  method: "POST",
  headers: { "content-type": "application/x-www-form-urlencoded" },
  body: new URLSearchParams({
    ...{ grant_type: "refresh_token", client_id: "preview-stack", refresh_token: identityToken },
    ...about,
  }).toString(),
});

function tokenIn({ body }: Answer): string | undefined {
  try {
    const token = granted.safeParse(JSON.parse(body.toString("utf8"))).data;
    // It becomes a header.
    return token !== undefined && /^[\x21-\x7e]+$/.test(token) ? token : undefined;
  } catch {
    return undefined;
  }
}
