import { basic } from "./basic";
import { type Challenge, challengesIn } from "./challenge";
import { Refused } from "./errors";
import { type Login, loginFor } from "./login";
import type { Place } from "./place";
import type { Answer, Requests } from "./requests";
import { bearerToken } from "./token";

/** What one repository's requests are authorized with. */
interface Authorization {
  /** The header's value. */
  readonly value: string | undefined;
  readonly login: Login | undefined;
}

/** Authorizes requests as the registry demands, once per repository until it no longer accepts that. */
export class Authorizations {
  private readonly known = new Map<string, Promise<Authorization>>();
  private readonly logins = new Map<string, Promise<Login | undefined>>();

  constructor(
    private readonly env: NodeJS.ProcessEnv,
    private readonly requests: Requests,
    private readonly signal: AbortSignal | undefined,
  ) {}

  /**
   * Sends a request: as is, then with what the answer demands, if it does.
   *
   * @throws Refused if the registry refuses that, too
   */
  async use(place: Place, send: (authorization: string | undefined) => Promise<Answer>): Promise<Answer> {
    const key = `${place.origin}/${place.name}`;
    const former = this.known.get(key);
    let used = await former;
    let answer = await send(used?.value);
    // Another host, to which the registry has redirected, gets no login.
    if (answer.status === 401 && answer.origin === new URL(place.origin).origin) {
      // A token may have expired. Concurrent requests share the next one.
      if (this.known.get(key) === former) {
        this.known.set(key, this.authorize(place, answer));
      }
      used = await this.known.get(key)!.catch((error: unknown) => {
        this.known.delete(key);
        throw error;
      });
      answer = used.value === undefined ? answer : await send(used.value);
    }
    if (answer.status === 401 || answer.status === 403 || answer.status === 429) {
      throw new Refused(answer, used?.login);
    }
    return answer;
  }

  private async authorize(place: Place, answer: Answer): Promise<Authorization> {
    const challenges = challengesIn(answer.headers.get("www-authenticate") ?? "");
    const login = await this.loginFor(place.host);
    return { value: await this.answerTo(challenges, place, login), login };
  }

  private loginFor(host: string): Promise<Login | undefined> {
    const login = this.logins.get(host) ?? loginFor(host, this.env, this.signal);
    this.logins.set(host, login);
    return login;
  }

  /** Undefined if there is nothing to answer with. */
  private async answerTo(challenges: readonly Challenge[], place: Place, login: Login | undefined) {
    const bearer = challenges.find(({ scheme }) => scheme === "bearer");
    if (bearer !== undefined) {
      return `Bearer ${await bearerToken(bearer.parameters, place, login, this.requests)}`;
    }
    const isBasic = challenges.some(({ scheme }) => scheme === "basic");
    return isBasic && login?.password !== undefined ? basic(login.username, login.password) : undefined;
  }
}
