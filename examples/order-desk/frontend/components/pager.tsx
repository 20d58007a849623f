import Link from "next/link";
import type { Order, Page } from "@/lib/types";
import styles from "./pager.module.css";

interface Props {
  readonly orders: Page<Order>;
  readonly status: string;
  readonly page: number;
}

export function Pager({ orders, status, page }: Props) {
  if (!orders.previous && !orders.next) return null;
  const href = (number: number) => `/?${new URLSearchParams({ ...(status && { status }), page: String(number) })}`;
  return (
    <nav className={styles.pager} aria-label="Pages">
      {orders.previous && <Link href={href(page - 1)}>← Newer orders</Link>}
      {orders.next && <Link href={href(page + 1)}>Older orders →</Link>}
    </nav>
  );
}
