"use client";

import { useEffect, useRef } from "react";
import type { Refused } from "@/lib/api";
import styles from "./refusal.module.css";

/** Says what was refused, and leads to the first field that it is about. Stands inside the form. */
export function Refusal({ refused }: { readonly refused: Refused | undefined }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (refused) place.current?.closest("form")?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [refused]);
  return (
    <div className={styles.place} ref={place} role="alert">
      {refused && <p className={styles.refusal}>{refused.message}</p>}
    </div>
  );
}
