// What a reporter may say afterwards: more words, a place, photos; that it got worse, or is over.

import { useState } from "preact/hooks";
import { IncidentState } from "../gen/tocsin/v1/incident_pb.js";
import { say } from "../i18n/language.js";
import { volunteerWords } from "../i18n/volunteer.js";
import type { DistrictMap } from "../shared/api.js";
import type { Hub } from "../shared/hub.js";
import type { FileItem } from "../shared/outbox_items.js";
import { Button, Field } from "../shared/ui.js";
import { Attachments } from "./attachments.js";
import { PlaceChooser } from "./place_chooser.js";
import type { Mine } from "./reports_of_mine.js";
import { emptyFollow, followWithPlace } from "./send.js";

interface FollowUpProps {
    hub: Hub;
    map: DistrictMap | undefined;
    mine: Mine;
}

export function FollowUp({ hub, map, mine }: FollowUpProps) {
    const words = say(volunteerWords);
    const [text, setText] = useState("");
    const [files, setFiles] = useState<FileItem[]>([]);
    const [choosing, setChoosing] = useState(false);
    const said = { ...emptyFollow, item: mine.key, reportId: ownReportId(mine) };
    const follow = (change: Partial<typeof said>) => hub.follow({ ...said, ...change });
    const over = mine.incident?.state === IncidentState.RESOLVED;
    const send = () => {
        if (text.trim() !== "" || files.length > 0) {
            hub.follow({ ...said, text, fileIds: files.map(({ id }) => id) }, files);
            setText("");
            setFiles([]);
        }
    };
    return (
        <section class="follow">
            <Field label={words.addText} hint={words.addTextHint}>
                {(id, describedBy) => (
                    <textarea
                        id={id}
                        rows={2}
                        aria-describedby={describedBy}
                        value={text}
                        onInput={(event) => setText(event.currentTarget.value)}
                    />
                )}
            </Field>
            <Attachments files={files} onChange={setFiles} />
            <Button
                tone="primary"
                class="wide"
                disabled={text.trim() === "" && files.length === 0}
                onClick={send}
            >
                {words.addSend}
            </Button>
            {choosing && map ? (
                <PlaceChooser
                    map={map}
                    onUse={({ fix }) => {
                        setChoosing(false);
                        followWithPlace(hub, mine.key, fix);
                    }}
                />
            ) : (
                map &&
                mine.item && (
                    <Button class="wide" onClick={() => setChoosing(true)}>
                        {words.placeChoose}
                    </Button>
                )
            )}
            <div class="two">
                <Button onClick={() => follow({ worse: true })}>{words.worse}</Button>
                {!over && <Button onClick={() => follow({ over: true })}>{words.over}</Button>}
            </div>
        </section>
    );
}

/** The hub's id of the own report; empty while only this device knows it. */
function ownReportId({ item, incident }: Mine): string {
    return item?.receipt?.reportId ?? incident?.reports[0]?.id ?? "";
}
