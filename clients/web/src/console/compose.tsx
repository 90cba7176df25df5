// A new notice: what, to whom (on the map or by name), and for how long.

import { useState } from "preact/hooks";
import { NoticeKind } from "../gen/tocsin/v1/notice_pb.js";
import { common } from "../i18n/common.js";
import { consoleWords } from "../i18n/console.js";
import { named, say } from "../i18n/language.js";
import { noticeKindWord } from "../i18n/terms.js";
import { volunteerWords } from "../i18n/volunteer.js";
import type { LatLon } from "../map/datum.js";
import type { Spot } from "../map/desk_map.js";
import { MapBox } from "../map/map_box.js";
import type { PageProps } from "../shared/boot.js";
import { useBusy } from "../shared/hooks.js";
import { errorWords } from "../shared/refusals.js";
import { Banner, Button, Check, Choice, Field } from "../shared/ui.js";
import { AreaTree } from "./area_tree.js";
import type { Desk } from "./desk.js";
import { type Identity, IdentityFields, identifyingHours, missingIdentity } from "./identifies.js";
import type { Sent } from "./notices_view.js";
import { PhotoPicker, uploadAll } from "./photo_picker.js";

const terms = [12, 24, 72, 168, 720];
const hourMs = 3_600_000;
const mostChars = 4_000;

interface ComposeProps extends PageProps {
    desk: Desk;
    onDone: (sent: Sent) => void;
}

export function Compose({ hub, map, desk, onDone }: ComposeProps) {
    const words = say(consoleWords);
    const [kind, setKind] = useState(NoticeKind.LOOKOUT);
    const [text, setText] = useState("");
    const [areas, setAreas] = useState(() => new Set<string>());
    const [teams, setTeams] = useState(() => new Set<string>());
    const [place, setPlace] = useState<LatLon | undefined>();
    const [photos, setPhotos] = useState<Blob[]>([]);
    const [hours, setHours] = useState(72);
    const [identity, setIdentity] = useState<Identity>({ identifies: undefined, caseNumber: "" });
    const [problem, setProblem] = useState("");
    const [busy, run] = useBusy();
    const kinds = [
        NoticeKind.LOOKOUT,
        NoticeKind.ADVISORY,
        ...(desk.mayIssueMissing ? [NoticeKind.MISSING_PERSON] : []),
    ];
    const missing = kind === NoticeKind.MISSING_PERSON;
    const isLookout = kind === NoticeKind.LOOKOUT;
    const identifies = isLookout && identity.identifies === true;
    const inForce = identifies ? Math.min(hours, identifyingHours) : hours;
    // A liaison's notice of a missing person may go anywhere, the others within the own station.
    const top = desk.kind === "station" && !missing ? desk.scope : "";
    const toggle = (id: string) => setAreas(without(areas, id));

    const send = (event: Event) => {
        event.preventDefault();
        if (text.trim() === "") {
            setProblem(words.needText);
        } else if (areas.size === 0 && teams.size === 0) {
            setProblem(words.needAreas);
        } else if (isLookout && missingIdentity(identity)) {
            setProblem(missingIdentity(identity));
        } else {
            void run(async () => {
                try {
                    await hub.command({
                        case: "issueNotice",
                        value: {
                            kind,
                            text,
                            areaIds: [...areas],
                            mediaIds: await uploadAll(photos),
                            teamIds: missing ? [...teams] : [],
                            untilTimeMs: BigInt(Math.round(hub.now() + inForce * hourMs)),
                            ...(place && { place: { ...place, accuracyM: 50 } }),
                            ...(isLookout && { identifiesPerson: identifies }),
                            caseNumber: identifies ? identity.caseNumber : "",
                        },
                    });
                    onDone(identifies ? "for_release" : "published");
                } catch (error) {
                    setProblem(errorWords(error));
                }
            });
        }
    };

    const spots: Spot[] = place
        ? [{ ...place, id: "point", accuracyM: 0, coarse: false, tone: "point", title: "" }]
        : [];
    return (
        <form class="compose" onSubmit={send} noValidate>
            <div class="compose-words">
                <h1>{words.compose}</h1>
                {problem && <Banner tone="warn">{problem}</Banner>}
                <Choice
                    label={words.noticeKind}
                    options={kinds.map((value) => ({ value, word: noticeKindWord(value) }))}
                    value={kind}
                    onChange={setKind}
                />
                <Field label={words.noticeText} hint={words.noticeTextHint}>
                    {(id, describedBy) => (
                        <textarea
                            id={id}
                            aria-describedby={describedBy}
                            rows={5}
                            maxLength={mostChars}
                            value={text}
                            onInput={(event) => setText(event.currentTarget.value)}
                        />
                    )}
                </Field>
                {isLookout && (
                    <>
                        <p class="must-know">{say(volunteerWords).doNotFollow}</p>
                        <IdentityFields identity={identity} onChange={setIdentity} />
                    </>
                )}
                <PhotoPicker photos={photos} onChange={setPhotos} />
                <Choice
                    label={words.noticeHours}
                    options={terms
                        .filter((value) => !identifies || value <= identifyingHours)
                        .map((value) => ({ value, word: words.hours(value) }))}
                    value={inForce}
                    onChange={setHours}
                />
                {missing && map && map.teams.length > 0 && (
                    <fieldset class="choice">
                        <legend>{words.noticeTeams}</legend>
                        {map.teams.map((team) => (
                            <Check
                                key={team.id}
                                label={named(team)}
                                checked={teams.has(team.id)}
                                onChange={() => setTeams(without(teams, team.id))}
                            />
                        ))}
                    </fieldset>
                )}
                {map && (
                    <fieldset class="choice">
                        <legend>{words.noticeAreas}</legend>
                        <p class="hint">{words.noticeAreasHint}</p>
                        <AreaTree map={map} top={top} picked={areas} onToggle={toggle} />
                    </fieldset>
                )}
                <div class="action-form-end">
                    <Button type="submit" tone="primary" disabled={busy}>
                        {words.publish}
                    </Button>
                    <Button onClick={() => onDone(undefined)}>{say(common).cancel}</Button>
                </div>
            </div>
            {map && (
                <MapBox
                    map={map}
                    home={desk.scope}
                    spots={spots}
                    chosen=""
                    picked={areas}
                    onArea={(id) => (missing ? undefined : toggle(id))}
                    onPoint={(point) => missing && setPlace(point)}
                />
            )}
        </form>
    );
}

/** The set with the id in it if it was not, without it if it was. */
function without(set: Set<string>, id: string): Set<string> {
    const changed = new Set(set);
    if (!changed.delete(id)) {
        changed.add(id);
    }
    return changed;
}
