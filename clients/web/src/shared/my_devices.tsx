// The devices that speak for this person, as the hub tells of them.

import type { Device } from "../gen/tocsin/v1/district_pb.js";
import { say } from "../i18n/language.js";
import { clock } from "../i18n/times.js";
import { volunteerWords } from "../i18n/volunteer.js";
import type { Me } from "./api.js";
import type { Hub } from "./hub.js";

export function MyDevices({ hub, me }: { hub: Hub; me: Me }) {
    const words = say(volunteerWords);
    const devices = [...hub.fold.devices.values()]
        .filter(({ personId, revoked }) => personId === me.person && !revoked)
        .sort((a, b) => Number(b.addedTimeMs - a.addedTimeMs));
    if (devices.length === 0) {
        return null;
    }
    return (
        <section class="card devices">
            <h2>{words.myDevices}</h2>
            <ul class="rows">
                {devices.map((device) => (
                    <li key={device.id} class="row device">
                        <span class="row-main">
                            <bdi>{device.label || words.unnamedDevice}</bdi>
                            {device.id === me.device && (
                                <>
                                    {" "}
                                    <span class="tag tag-responding">{words.thisDevice}</span>
                                </>
                            )}
                        </span>
                        <span class="row-side">{sinceWords(device)}</span>
                    </li>
                ))}
            </ul>
            <p class="hint">{words.lostDevice}</p>
        </section>
    );
}

function sinceWords({ linkExpiresTimeMs, linkUsedTimeMs, addedTimeMs }: Device): string {
    const words = say(volunteerWords);
    return linkExpiresTimeMs > 0n && linkUsedTimeMs === 0n
        ? words.deviceInvited
        : words.deviceSince(clock(linkUsedTimeMs || addedTimeMs));
}
