// Who of a search team has a notice, and who has not said so: for its liaison and the team's lead.

import type { Notice } from "../gen/tocsin/v1/notice_pb.js";
import { say } from "../i18n/language.js";
import { noticeWords } from "../i18n/notices.js";
import { clock } from "../i18n/times.js";

export function WhoHasIt({ notice }: { notice: Notice }) {
    const words = say(noticeWords);
    const { acknowledgements, awaited, acknowledgedCount, memberCount, revision } = notice;
    if (memberCount === 0) {
        return null;
    }
    return (
        <div class="who-has-it">
            <b>{words.hasIt(acknowledgedCount, memberCount)}</b>
            {acknowledgements.length > 0 && (
                <ul class="who-list">
                    {acknowledgements.map((each) => (
                        <li key={each.personId}>
                            <bdi>{each.name}</bdi> <time>{clock(each.timeMs)}</time>
                            {each.revision < revision && (
                                <span class="tag">{words.earlierText}</span>
                            )}
                        </li>
                    ))}
                </ul>
            )}
            {awaited.length > 0 && (
                <p class="who-not">
                    {words.notYet}{" "}
                    {awaited.map(({ personId, name }) => (
                        <bdi class="who-name" key={personId}>
                            {name}
                        </bdi>
                    ))}
                </p>
            )}
        </div>
    );
}
