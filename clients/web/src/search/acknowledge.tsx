// 收到: one large button, and afterwards what became of it. Works without signal, and says so.

import type { Notice } from "../gen/tocsin/v1/notice_pb.js";
import { say } from "../i18n/language.js";
import { noticeWords } from "../i18n/notices.js";
import { clock } from "../i18n/times.js";
import type { PageProps } from "../shared/boot.js";
import { isInForce } from "../shared/notices.js";
import { refusalWords } from "../shared/refusals.js";
import { Button, Icon } from "../shared/ui.js";
import { WhoHasIt } from "../shared/who_has_it.js";
import { standingOf } from "./standing.js";

const teamRoles = new Set(["ROLE_SEARCHER", "ROLE_TEAM_LEAD"]);

export function Acknowledge({ hub, me, notice }: PageProps & { notice: Notice }) {
    const words = say(noticeWords);
    const isMine = me.grants.some(
        ({ role, scope_id }) => teamRoles.has(role) && notice.teamIds.includes(scope_id ?? ""),
    );
    // A hub that tells no revision does not know of acknowledgements.
    if (!isMine || notice.revision === 0) {
        return null;
    }
    const standing = standingOf(notice, me.person, hub.outbox.acks);
    const isOpen = standing.is === "open" && isInForce(notice, hub.now());
    return (
        <div class="acknowledge">
            <p class="acknowledge-standing" role="status">
                {standing.is === "done" && (
                    <>
                        <Icon name="check" />{" "}
                        {standing.atMs === undefined
                            ? words.acknowledged
                            : words.acknowledgedAt(clock(standing.atMs))}
                    </>
                )}
                {standing.is === "waiting" && words.acknowledgeWaits}
                {isOpen &&
                    standing.beforeMs !== undefined &&
                    words.acknowledgedBefore(clock(standing.beforeMs))}
                {isOpen && standing.refused && refusalWords(standing.refused)}
            </p>
            {isOpen && (
                <Button
                    tone="primary"
                    class="wide tall"
                    onClick={() => hub.acknowledge(notice.id, notice.revision)}
                >
                    <Icon name="check" /> {words.haveIt}
                </Button>
            )}
            <WhoHasIt notice={notice} />
        </div>
    );
}
