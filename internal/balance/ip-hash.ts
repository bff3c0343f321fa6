import type { Candidate, Strategy } from "./candidate.ts";
import { clientHash } from "./client-hash.ts";
import { hashOf, mix } from "./hash.ts";
import { type Memory, Remembered } from "./remembered.ts";

interface Place extends Memory {
  readonly hash: number;
}

/**
 * Picks the same candidate for the same client address: the one whose hash combined with the client's is highest
 * (rendezvous hashing). When a candidate is removed, only its own clients move. A new one takes a share of all clients.
 */
export class IpHash implements Strategy {
  readonly #places = new Remembered<Place>((candidate) => ({ candidate, hash: mix(hashOf(candidate.key)) }));

  pick<C extends Candidate>(candidates: readonly C[], client: string): C | undefined {
    const hash = mix(clientHash(client));
    let best: Place | undefined;
    let highest = -1;
    for (const place of this.#places.of(candidates)) {
      const score = mix((hash + place.hash) | 0);
      if (score <= highest) continue;
      best = place;
      highest = score;
    }
    return best?.candidate as C | undefined;
  }
}
