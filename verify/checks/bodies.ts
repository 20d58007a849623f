import { type Check, verdict } from "../check";
import { NotChecked } from "../not-checked";
import { type Answer, type Ask, says } from "../http";
import { emptyLogin, type Target } from "../target";

const withoutLength: Check = {
  id: "body-without-length",
  title: "A body without a length reaches Django, or is refused",
  setting:
    "in front of Django, what reads such a body or answers 411 (examples/order-desk/backend/app/bodies.py): Django takes it for none",
  why: "what some clients send, and what HTTP/2 uploads become, arrives empty: a 400, or a change that answers 200 and did nothing",
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
 * The answer to an empty login without a length. Its token is in the body: where that is lost, Django's CSRF check refuses
 * it. Undefined where Django refuses it with a length, too, or has no form there.
 */
async function answerTo(target: Target, ask: Ask, form: Answer): Promise<Answer | undefined> {
  const { origin } = target;
  const isAccepted = form.status === 200 && (await target.acceptsPost({ origin }, ask, form));
  return isAccepted ? ask({ ...emptyLogin(form, { origin }), hasNoLength: true }) : undefined;
}

/** 411 asks for a length, and 413 is as clear a no. */
const isLost = ({ status }: Answer) => ![200, 411, 413].includes(status);

export const bodyChecks = [withoutLength];
