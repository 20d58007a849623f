import assert from "node:assert/strict";
import { ask } from "./http";

/** Places an order as the page's form does: through the web's proxy, with Django's CSRF cookie and token. */
export async function placeOrder(origin: string, item: string): Promise<number> {
  const session = await ask(`${origin}/api/session/`);
  assert.equal(session.status, 200, session.body);
  const { csrf_token } = JSON.parse(session.body) as { csrf_token: string };
  const answer = await ask(`${origin}/api/orders/`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      cookie: session.cookies.join("; "),
      origin,
      referer: `${origin}/`,
      "x-csrftoken": csrf_token,
    },
    body: JSON.stringify({ customer: 1, item, quantity: 3 }),
  });
  assert.equal(answer.status, 201, answer.body);
  return (JSON.parse(answer.body) as { id: number }).id;
}
