import type { Order } from "@/lib/types";
import styles from "./order-list.module.css";
import { ShipButton } from "./ship-button";
import { StatusBadge } from "./status-badge";
import { Time } from "./time";

interface Props {
  readonly orders: readonly Order[];
  readonly mayShip: boolean;
}

export function OrderList({ orders, mayShip }: Props) {
  if (orders.length === 0) return <p className={styles.empty}>No orders here. Time for a coffee.</p>;
  return (
    <ul className={styles.list}>
      {orders.map((order) => (
        <li className={styles.order} key={order.id}>
          <div className={styles.who}>
            <strong>{order.customer_name}</strong>
            <span className={styles.detail}>
              #{order.id} · {order.customer_city} · <Time time={order.created_at} />
            </span>
          </div>
          <div className={styles.what}>
            <span>
              <span className={styles.quantity}>{order.quantity} ×</span> {order.item}
            </span>
            {order.note && <span className={styles.detail}>{order.note}</span>}
          </div>
          <div className={styles.state}>
            <StatusBadge status={order.status} />
            {order.shipped_at && (
              <span className={styles.detail}>
                <Time time={order.shipped_at} />
                {order.shipped_by && ` by ${order.shipped_by}`}
              </span>
            )}
            {mayShip && order.status !== "shipped" && <ShipButton order={order} />}
          </div>
        </li>
      ))}
    </ul>
  );
}
