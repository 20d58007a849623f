import { type Check, failed, passed, verdict } from "../check";
import { NotChecked } from "../not-checked";
import { type Answer, type Cookie, says } from "../http";
import type { Target } from "../target";

const headers: Check = {
  id: "answer-headers",
  title: "Answers arrive with Django's headers and cookies",
  setting:
    "the web's proxy: set each header separately (response.setHeader); compress: true (next.config) breaks lists in writeHead",
  why: "logins are lost, and browsers get pages and files without a type, or nothing at all",
  run: async (target) => {
    const arrived = await target.get(target.loginPath);
    if (arrived.status !== 200 || !arrived.text.includes("csrfmiddlewaretoken")) {
      throw new NotChecked(`there is no login form to look at: ${says(arrived)}`);
    }
    if (!(arrived.headers.get("content-type") ?? "").startsWith("text/html")) {
      return failed(`${arrived.path} has ${[...arrived.headers.keys()].join(", ")}, but no Content-Type: text/html`);
    }
    const sent = await sentByDjango(target);
    return verdict(
      sent === undefined ? [] : lostHeaders(sent, arrived).map((what) => `${arrived.path} has lost ${what}`),
      sent === undefined ? `${arrived.path} has a type` : `those of ${arrived.path}`,
    );
  },
};

/** The same form straight from Django; undefined if there is no access to the cluster. */
async function sentByDjango(target: Target): Promise<Answer | undefined> {
  if (!target.hasCluster) {
    return undefined;
  }
  const answer = await target.cluster.askApi({
    path: `${target.adminInDjango}login/`,
    headers: { "x-forwarded-host": target.host, "x-forwarded-proto": "https" },
  });
  return answer.status === 200 ? answer : undefined;
}

/** Hop-by-hop headers, and those that the ingress controller sets. */
const passing = /^(connection|keep-alive|transfer-encoding|content-length|date|server|set-cookie|x-accel-.*)$/;

/** The headers and cookies that were sent but haven't arrived. */
export function lostHeaders(sent: Pick<Answer, "headers" | "cookies">, arrived: typeof sent): string[] {
  const names = [...sent.headers.keys()].filter((name) => !passing.test(name) && !arrived.headers.has(name));
  const cookies = arrived.cookies.map(attributes);
  return [...names, ...sent.cookies.map(attributes).filter((cookie) => !cookies.includes(cookie))];
}

/** A cookie without its value. */
const attributes = ({ name, domain, path, secure, httpOnly, sameSite }: Cookie): string =>
  [
    `the cookie ${name}`,
    domain ? [`Domain=${domain}`] : [],
    path ? [`Path=${path}`] : [],
    secure ? ["Secure"] : [],
    httpOnly ? ["HttpOnly"] : [],
    sameSite ? [`SameSite=${sameSite}`] : [],
  ]
    .flat()
    .join("; ");

const events: Check = {
  id: "event-stream",
  title: "Events arrive as they are sent",
  setting:
    "the web's proxy: stream the response, and let neither compress: true (next.config) nor the ingress buffer it",
  why: "live updates arrive minutes late, all at once, or never",
  run: async (target) => {
    const path = target.told("events");
    if (target.begin === undefined) {
      throw new NotChecked("no stream can be opened from here");
    }
    const { status, headers, text, seconds } = await target.begin(path);
    if (status === 400 || (status !== undefined && status >= 300 && status < 400)) {
      throw new NotChecked(`something else comes before it: ${path} answers ${status}`);
    }
    if (status !== undefined && status !== 200) {
      return failed(`${path} answers ${status}`);
    }
    const type = headers?.get("content-type") ?? "";
    if (status === 200 && !type.startsWith("text/event-stream")) {
      return failed(`${path} answers with ${type || "no Content-Type"}`);
    }
    return text.trim() === "" ? failed(`${path} says nothing for ${seconds} s`) : passed(`${path} begins at once`);
  },
};

export const answerChecks = [headers, events];
