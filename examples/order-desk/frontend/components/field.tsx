import type { ReactNode } from "react";
import styles from "./field.module.css";

interface Props {
  readonly label: string;
  readonly name: string;
  readonly optional?: boolean;
  readonly error?: string;
  /** The control itself, given what ties it to its label and its error. */
  readonly children: (attributes: { id: string; name: string } & ReturnType<typeof errorAttributes>) => ReactNode;
}

export function Field({ label, name, optional, error, children }: Props) {
  const errorId = `${name}-error`;
  return (
    <div className={styles.field}>
      <label htmlFor={name}>
        {label} {optional && <span className={styles.optional}>optional</span>}
      </label>
      {children({ id: name, name, ...errorAttributes(error, errorId) })}
      {error && (
        <p className={styles.error} id={errorId}>
          {error}
        </p>
      )}
    </div>
  );
}

function errorAttributes(error: string | undefined, id: string) {
  return { "aria-invalid": error !== undefined, "aria-describedby": error === undefined ? undefined : id };
}
