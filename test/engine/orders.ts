import assert from "node:assert/strict";
import { postForm } from "./http";

/** Places an order as the page's form does. */
export async function placeOrder(origin: string, item: string): Promise<number> {
  const answer = await postForm(origin, "/api/orders/", { customer: 1, item, quantity: 3 });
  assert.equal(answer.status, 201, answer.body);
  return (JSON.parse(answer.body) as { id: number }).id;
}
