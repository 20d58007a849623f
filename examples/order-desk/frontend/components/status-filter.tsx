import Link from "next/link";
import { STATUS_NAMES } from "./status-badge";
import styles from "./status-filter.module.css";

const FILTERS = [["", "All"], ...Object.entries(STATUS_NAMES)] as const;

export function StatusFilter({ current }: { readonly current: string }) {
  return (
    <nav className={styles.filter} aria-label="Orders by status">
      {FILTERS.map(([status, name]) => (
        <Link
          key={name}
          href={status ? `/?status=${status}` : "/"}
          aria-current={status === current ? "page" : undefined}
        >
          {name}
        </Link>
      ))}
    </nav>
  );
}
