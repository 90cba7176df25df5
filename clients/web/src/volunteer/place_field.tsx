// Where it is: found by the phone, or chosen by community, compound and building. Without either
// the report goes out all the same.

import { useEffect, useState } from "preact/hooks";
import { say } from "../i18n/language.js";
import { metres } from "../i18n/times.js";
import { volunteerWords } from "../i18n/volunteer.js";
import type { DistrictMap } from "../shared/api.js";
import { areaPath } from "../shared/area_names.js";
import { areaAt } from "../shared/ground.js";
import { type Located, locate } from "../shared/locate.js";
import type { Fix } from "../shared/outbox_items.js";
import { Button, Field, Icon } from "../shared/ui.js";
import { PlaceChooser } from "./place_chooser.js";

interface PlaceFieldProps {
    map: DistrictMap | undefined;
    onPlace: (place: Fix | undefined) => void;
    building: string;
    onBuilding: (building: string) => void;
}

export function PlaceField({ map, onPlace, building, onBuilding }: PlaceFieldProps) {
    const words = say(volunteerWords);
    const [located, setLocated] = useState<Located | undefined>();
    const [chosen, setChosen] = useState<{ fix: Fix; name: string } | undefined>();
    const [choosing, setChoosing] = useState(false);
    const [attempt, setAttempt] = useState(0);

    // Once for each attempt.
    useEffect(
        () =>
            locate((each) => {
                setLocated(each);
                if ("fix" in each) {
                    onPlace(each.fix);
                }
            }),
        [attempt],
    );
    const fix = chosen?.fix ?? (located && "fix" in located ? located.fix : undefined);
    const near = fix && map && areaAt(map, fix);
    return (
        <fieldset class="place">
            <legend>{words.place}</legend>
            <p class="place-now" role="status">
                <Icon name="pin" /> <PlaceWords located={located} chosen={chosen?.name} />
            </p>
            {near && !chosen && <p class="place-area">{areaPath(map, String(near.id))}</p>}
            {choosing && map ? (
                <PlaceChooser
                    map={map}
                    onUse={(picked) => {
                        setChosen(picked);
                        setChoosing(false);
                        onPlace(picked.fix);
                    }}
                />
            ) : (
                <div class="place-buttons">
                    {map && (
                        <Button tone="quiet" onClick={() => setChoosing(true)}>
                            {words.placeChoose}
                        </Button>
                    )}
                    {(chosen || (located && "failed" in located)) && (
                        <Button
                            tone="quiet"
                            onClick={() => {
                                setChosen(undefined);
                                setLocated(undefined);
                                onPlace(undefined);
                                setAttempt(attempt + 1);
                            }}
                        >
                            {words.placeAgain}
                        </Button>
                    )}
                </div>
            )}
            <Field label={words.building} hint={words.buildingHint}>
                {(id, describedBy) => (
                    <input
                        id={id}
                        aria-describedby={describedBy}
                        maxLength={100}
                        value={building}
                        onInput={(event) => onBuilding(event.currentTarget.value)}
                    />
                )}
            </Field>
        </fieldset>
    );
}

function PlaceWords({
    located,
    chosen,
}: {
    located: Located | undefined;
    chosen: string | undefined;
}) {
    const words = say(volunteerWords);
    if (chosen !== undefined) {
        return (
            <>
                {words.placeChosen}: <b>{chosen}</b>
            </>
        );
    }
    if (!located) {
        return <>{words.placeLocating}</>;
    }
    if ("fix" in located) {
        return <>{words.placeFix(metres(located.fix.accuracyM))}</>;
    }
    return <>{located.failed === "refused" ? words.placeRefused : words.placeUnknown}</>;
}
