// What a person chooses on this device, and what is stored about the person.

import { useState } from "preact/hooks";
import { common } from "../i18n/common.js";
import { say } from "../i18n/language.js";
import { volunteerWords } from "../i18n/volunteer.js";
import { type DistrictMap, forgetKept, type Me, signOut } from "./api.js";
import { areaPath } from "./area_names.js";
import { usePrefs } from "./hooks.js";
import type { Hub } from "./hub.js";
import { MyDevices } from "./my_devices.js";
import { type Prefs, setPrefs } from "./prefs.js";
import { errorWords } from "./refusals.js";
import { Banner, Button, Check, Choice, Dialog, Field } from "./ui.js";

interface SettingsProps {
    hub: Hub;
    me: Me;
    map: DistrictMap | undefined;
    /** On and off duty, quiet hours. */
    duty: boolean;
}

export function Settings({ hub, me, map, duty }: SettingsProps) {
    const chosen = usePrefs();
    const words = say(volunteerWords);
    const shared = say(common);
    return (
        <section class="block settings">
            <h1>{shared.settings}</h1>
            {duty && <Duty chosen={chosen} />}
            <Check
                label={words.elders}
                checked={chosen.elders}
                onChange={(elders) => setPrefs({ elders })}
            />
            <Choice
                label={shared.language}
                options={[
                    { value: "zh", word: "中文" },
                    { value: "en", word: "English" },
                ]}
                value={chosen.language}
                onChange={(language) => setPrefs({ language })}
            />
            <Choice
                label={shared.theme}
                options={(["auto", "light", "dark"] as const).map((value) => ({
                    value,
                    word: shared.themes[value],
                }))}
                value={chosen.theme}
                onChange={(theme) => setPrefs({ theme })}
            />
            <section class="card">
                <h2>{words.myData}</h2>
                <dl class="facts">
                    <dt>{words.myName}</dt>
                    <dd>
                        <bdi>{me.name}</bdi>
                    </dd>
                    {me.home_area_id && (
                        <>
                            <dt>{words.myArea}</dt>
                            <dd>{areaPath(map, me.home_area_id)}</dd>
                        </>
                    )}
                    {duty && (
                        <>
                            <dt>{words.onPhone}</dt>
                            <dd>{words.phoneCount(hub.outbox.reports.length)}</dd>
                        </>
                    )}
                </dl>
                <p>{words.myDataWords}</p>
                {duty && <p class="hint">{words.onPhoneWords}</p>}
            </section>
            <MyDevices hub={hub} me={me} />
            {duty && <p class="hint">{words.install}</p>}
            <SignOut hub={hub} />
        </section>
    );
}

function Duty({ chosen }: { chosen: Prefs }) {
    const words = say(volunteerWords);
    const hours = Array.from({ length: 24 }, (_, hour) => hour);
    return (
        <section class="card">
            <div class="duty">
                <span class={`tag ${chosen.onDuty ? "tag-responding" : ""}`}>
                    {chosen.onDuty ? words.onDuty : words.offDuty}
                </span>
                <Button
                    tone={chosen.onDuty ? "plain" : "primary"}
                    onClick={() => setPrefs({ onDuty: !chosen.onDuty })}
                >
                    {chosen.onDuty ? words.dutyOff : words.dutyOn}
                </Button>
            </div>
            <p class="hint">{words.dutyWords}</p>
            <fieldset>
                <legend>{words.quiet}</legend>
                <div class="two">
                    {(["quietFrom", "quietTo"] as const).map((which) => (
                        <Field key={which} label={words[which]}>
                            {(id) => (
                                <select
                                    id={id}
                                    value={String(chosen[which])}
                                    onChange={(event) =>
                                        setPrefs({ [which]: Number(event.currentTarget.value) })
                                    }
                                >
                                    {hours.map((hour) => (
                                        <option key={hour} value={String(hour)}>
                                            {words.hour(hour)}
                                        </option>
                                    ))}
                                </select>
                            )}
                        </Field>
                    ))}
                </div>
                <p class="hint">{words.quietWords}</p>
            </fieldset>
        </section>
    );
}

export function SignOut({ hub }: { hub: Hub }) {
    const words = say(common);
    const [asking, setAsking] = useState(false);
    const [problem, setProblem] = useState("");
    const { reports, acks } = hub.outbox;
    const unsent = [...reports, ...acks].filter(({ state }) => state === "waiting").length;
    const leave = async () => {
        try {
            await signOut();
            await hub.forget();
            forgetKept();
            location.assign("/sign-in");
        } catch (error) {
            setProblem(errorWords(error));
        }
    };
    return (
        <>
            <Button onClick={() => setAsking(true)}>{words.signOut}</Button>
            {asking && (
                <Dialog title={words.signOut} onClose={() => setAsking(false)}>
                    <p>{words.signOutAsk}</p>
                    {unsent > 0 && <Banner tone="alarm">{words.signOutUnsent(unsent)}</Banner>}
                    {problem && <Banner tone="warn">{problem}</Banner>}
                    <Button class="wide" tone="alarm" onClick={() => void leave()}>
                        {words.signOut}
                    </Button>
                    <Button class="wide" onClick={() => setAsking(false)}>
                        {words.cancel}
                    </Button>
                </Dialog>
            )}
        </>
    );
}
