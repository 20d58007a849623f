import type { Status } from "@/lib/types";
import styles from "./status-badge.module.css";

export const STATUS_NAMES: Readonly<Record<Status, string>> = { new: "New", packed: "Packed", shipped: "Shipped" };

export function StatusBadge({ status }: { readonly status: Status }) {
  return <span className={`${styles.badge} ${styles[status]}`}>{STATUS_NAMES[status]}</span>;
}
