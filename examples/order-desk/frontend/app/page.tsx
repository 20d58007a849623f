import { NewOrder } from "@/components/new-order";
import { OrderList } from "@/components/order-list";
import { Pager } from "@/components/pager";
import { StatusFilter } from "@/components/status-filter";
import { Unavailable } from "@/components/unavailable";
import { backend, currentSession } from "@/lib/backend";
import type { Customer, Order, Page } from "@/lib/types";
import styles from "./page.module.css";

interface Props {
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function Desk({ searchParams }: Props) {
  const { status, page } = await searchParams;
  const filter = { status: one(status), page: one(page) };
  const [orders, customers, session] = await Promise.all([
    backend<Page<Order>>(`/orders/?${new URLSearchParams(filter)}`),
    backend<Customer[]>("/customers/"),
    currentSession(),
  ]);
  if (!orders || !customers) return <Unavailable />;

  return (
    <div className={styles.desk}>
      <section id="orders" aria-labelledby="orders-title">
        <div className={styles.head}>
          <h1 id="orders-title">
            Orders <span className={styles.count}>{orders.count}</span>
          </h1>
          <a className={`button small ${styles.jump}`} href="#new-order">
            New order
          </a>
          <StatusFilter current={filter.status} />
        </div>
        <OrderList orders={orders.results} mayShip={Boolean(session?.username)} />
        <Pager orders={orders} status={filter.status} page={Number(filter.page) || 1} />
      </section>
      <NewOrder customers={customers} />
    </div>
  );
}

/** A query parameter as one value, also where it is missing or repeated. */
function one(value: string | string[] | undefined): string {
  return [value ?? ""].flat()[0] ?? "";
}
