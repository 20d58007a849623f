/** The last line that `npm start` prints. */
export const outcome = (
  pullRequest: number,
  { url, isAsleep }: { readonly url: string; readonly isAsleep: boolean },
): string => (isAsleep ? `preview asleep: ${url}; preview wake ${pullRequest}` : `preview ready: ${url}`);
