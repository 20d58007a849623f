import distance from "damerau-levenshtein";

/** Commander's own, for commands and options: with more edits, or fewer right letters, it is another word. */
const limits = { edits: 3, similarity: 0.4 };

/** The name that a misspelled one is probably meant to be, `port` of `prot`; undefined if none is close. */
export function closestName(names: readonly string[], misspelled: string): string | undefined {
  const [closest] = names
    .map((name) => ({ name, ...distance(name.toLowerCase(), misspelled.toLowerCase()) }))
    .filter(({ steps, similarity }) => steps <= limits.edits && similarity > limits.similarity)
    .sort((a, b) => a.steps - b.steps);
  return closest?.name;
}
