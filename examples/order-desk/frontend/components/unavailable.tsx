import { Notice } from "./notice";

export function Unavailable() {
  return (
    <Notice title="The orders can’t be loaded right now">
      <p>The desk is open, but the API behind it doesn’t answer. It may just be starting.</p>
      {/* A plain link to where we are, so that the whole page is asked for again. */}
      <a className="button primary" href="">
        Try again
      </a>
    </Notice>
  );
}
