import { UserError } from "../../contract";

/** What a run is about has moved on, so that it steps aside: its pull request, or one that it was pinned to. */
export class MovedOn extends UserError {
  override name = "MovedOn";
}

/** A pull request that a pair follows has moved on since the pair was resolved. */
export class PairMoved extends UserError {
  override name = "PairMoved";
}

/** An image that a pair needs isn't there, and may still be built. */
export class NotBuilt extends UserError {
  override name = "NotBuilt";
}
