import styles from "./unavailable.module.css";

export function Unavailable() {
  return (
    <section className={styles.card} role="alert">
      <h1>The orders can’t be loaded right now</h1>
      <p>The desk is open, but the API behind it doesn’t answer. It may just be starting.</p>
      {/* A plain link, so that the whole page is asked for again. */}
      <a className="button primary" href="">
        Try again
      </a>
    </section>
  );
}
