"use client";

import { useSyncExternalStore } from "react";

/**
 * False in what the server has sent, true once its scripts are at work. Until then a click does nothing, and a form
 * would be sent by the browser itself, with the password in its address: buttons stay disabled.
 */
export function useHydrated(): boolean {
  return useSyncExternalStore(
    () => () => {},
    () => true,
    () => false,
  );
}
