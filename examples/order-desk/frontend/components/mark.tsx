/** The cup, in the colour of its surroundings. */
export function Mark() {
  return (
    <svg width="28" height="28" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="9" fill="var(--accent)" />
      <path d="M8 12h13v6.5a5.5 5.5 0 0 1-5.5 5.5h-2A5.5 5.5 0 0 1 8 18.5z" fill="var(--on-accent)" />
      <path d="M21 14h1a3 3 0 0 1 0 6h-1.4" fill="none" stroke="var(--on-accent)" strokeWidth="2" />
      <path
        d="M12 9c0-1.6 1.4-1.6 1.4-3M16.4 9c0-1.6 1.4-1.6 1.4-3"
        fill="none"
        stroke="var(--on-accent)"
        strokeWidth="1.5"
        strokeLinecap="round"
      />
    </svg>
  );
}
