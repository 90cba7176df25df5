// What the session machine goes by, apart from where it stands.

import type { Incident } from "../gen/tocsin/v1/incident_pb.js";
import { type Goodbye, GoodbyeReason } from "../gen/tocsin/v1/session_pb.js";
import type { Closed } from "./session_types.js";

// Close codes from here on say: do not come back (docs/protocol.md).
const firstFinalCloseCode = 4500;
const messageTooBig = 1009;

/** Coming back after this end would bring the same end. */
export function isFinal(closed: Closed, goodbye: Goodbye | undefined): boolean {
    const { hopeless = false, closeCode = 0, httpStatus = 0 } = closed;
    if (hopeless || closeCode >= firstFinalCloseCode || closeCode === messageTooBig) {
        return true;
    }
    if (httpStatus !== 0) {
        // 5xx and 429 pass; whatever else a server says to the upgrade, it will say again.
        return httpStatus < 500 && httpStatus !== 429;
    }
    return (
        goodbye !== undefined &&
        goodbye.retryAfterMs === 0 &&
        (goodbye.reason === GoodbyeReason.REVOKED || goodbye.reason === GoodbyeReason.PROTOCOL)
    );
}

/**
 * Puts the parts of one incident together: pages of a snapshot, parts of a detail. A lower version
 * is ignored.
 */
export function merge(whole: Incident | undefined, part: Incident): Incident {
    if (!whole || part.version > whole.version) {
        return part;
    }
    if (part.version === whole.version) {
        return { ...whole, reports: [...whole.reports, ...part.reports] };
    }
    return whole;
}
