"use client";

import { useRouter } from "next/navigation";
import { send } from "@/lib/api";
import type { Order } from "@/lib/types";
import { Refusal } from "./refusal";
import { useSubmission } from "./use-submission";

export function ShipButton({ order }: { readonly order: Order }) {
  const router = useRouter();
  const shipping = useSubmission(async () => {
    await send("POST", `/orders/${order.id}/ship/`);
    router.refresh();
  });
  return (
    <>
      <button className="small" type="button" disabled={!shipping.ready} onClick={() => shipping.submit()}>
        Mark as shipped
        <span className="visually-hidden">: order {order.id}</span>
      </button>
      <Refusal refused={shipping.refused} />
    </>
  );
}
