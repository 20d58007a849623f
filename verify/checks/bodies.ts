import { type Check, verdict } from "../check";
import { NotChecked } from "../not-checked";
import { type Answer, type Ask, says } from "../http";
import { emptyLogin, type Target } from "../target";

const withoutLength: Check = {
  id: "body-without-length",
  title: "A body without a length reaches Django, or is refused",
  setting:
    "a WSGI middleware that reads such a body or answers 411 (examples/order-desk/backend/app/bodies.py): Django takes it for empty",
  why: "bodies from some clients, and uploads over HTTP/2, arrive empty: a 400, or a 200 for a change that wasn't made",
  run: async (target) => {
    const places = [{ host: "the public host", ask: target.ask, form: await target.loginPage() }];
    if (target.askApiHost !== undefined) {
      const form = await target.askApiHost({ path: `${target.adminInDjango}login/` });
      places.push({ host: "the API's own host", ask: target.askApiHost, form });
    }
    const asked = await Promise.all(
      places.map(async ({ host, ask, form }) => ({ host, answer: await answerTo(target, ask, form) })),
    );
    const seen = asked.flatMap(({ host, answer }) => (answer === undefined ? [] : [{ host, answer }]));
    if (seen.length === 0) {
      throw new NotChecked("a POST with a length is refused as well");
    }
    return verdict(
      seen
        .filter(({ answer }) => isLost(answer))
        .map(({ host, answer }) => `on ${host} ${says(answer)} without a length`),
      seen.map(({ host, answer }) => `${host} answers ${answer.status}`).join(", "),
    );
  },
};

/**
 * The answer to an empty login without a length. Its token is in the body: if that is lost, Django's CSRF check refuses the
 * request. Undefined if Django refuses it even with a length, or has no form there.
 */
async function answerTo(target: Target, ask: Ask, form: Answer): Promise<Answer | undefined> {
  const { origin } = target;
  const isAccepted = form.status === 200 && (await target.acceptsPost({ origin }, ask, form));
  return isAccepted ? ask({ ...emptyLogin(form, { origin }), hasNoLength: true }) : undefined;
}

/** 411 requires a length, and 413 is a clear refusal too. */
const isLost = ({ status }: Answer) => ![200, 411, 413].includes(status);

export const bodyChecks = [withoutLength];
