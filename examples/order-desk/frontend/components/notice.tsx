import type { ReactNode } from "react";
import styles from "./notice.module.css";

/** A page that has only one thing to say. */
export function Notice({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section className={styles.card}>
      <h1>{title}</h1>
      {children}
    </section>
  );
}
