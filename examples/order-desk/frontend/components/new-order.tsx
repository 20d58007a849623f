"use client";

import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { send } from "@/lib/api";
import type { Customer, Order } from "@/lib/types";
import { Field } from "./field";
import styles from "./new-order.module.css";
import { Refusal } from "./refusal";
import { useSubmission } from "./use-submission";

export function NewOrder({ customers }: { readonly customers: readonly Customer[] }) {
  const router = useRouter();
  const [placed, setPlaced] = useState<Order>();
  const order = useSubmission(async (form: HTMLFormElement) => {
    setPlaced(undefined);
    setPlaced(await send<Order>("POST", "/orders/", Object.fromEntries(new FormData(form))));
    form.reset();
    router.refresh();
  });
  const errors = order.refused?.fields ?? {};

  return (
    <section className={styles.card} id="new-order" aria-labelledby="new-order-title">
      <h2 id="new-order-title">New order</h2>
      {/* The API's words stand beside the fields, so the browser's own bubbles would only say it twice. */}
      <form
        noValidate
        onSubmit={(event: FormEvent<HTMLFormElement>) => {
          event.preventDefault();
          order.submit(event.currentTarget);
        }}
      >
        <Refusal refused={order.refused} />
        <Field label="Customer" name="customer" error={errors.customer}>
          {(attributes) => (
            <select {...attributes} required defaultValue="">
              <option value="" disabled>
                Choose…
              </option>
              {customers.map((customer) => (
                <option key={customer.id} value={customer.id}>
                  {customer.name}, {customer.city}
                </option>
              ))}
            </select>
          )}
        </Field>
        <div className={styles.pair}>
          <Field label="Item" name="item" error={errors.item}>
            {(attributes) => <input {...attributes} required maxLength={80} autoComplete="off" />}
          </Field>
          <Field label="Quantity" name="quantity" error={errors.quantity}>
            {(attributes) => <input {...attributes} required type="number" min={1} max={999} defaultValue={1} />}
          </Field>
        </div>
        <Field label="Note" name="note" optional error={errors.note}>
          {(attributes) => <textarea {...attributes} rows={2} maxLength={200} />}
        </Field>
        <button className="primary" type="submit" disabled={!order.ready}>
          {order.pending ? "Placing…" : "Place order"}
        </button>
        <p className={styles.placed} role="status">
          {placed && `Order #${placed.id} for ${placed.customer_name} is on the desk.`}
        </p>
      </form>
    </section>
  );
}
