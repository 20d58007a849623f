/** As Promise.all, but a failure is thrown when all have ended: what they work in can be deleted then. */
export async function all<const T extends readonly unknown[]>(
  work: T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(work);
  return Promise.all(work);
}
