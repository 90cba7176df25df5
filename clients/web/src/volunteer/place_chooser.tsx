// A place by its name: community, grid, compound, building, as far as the district file has them.

import type { Position } from "geojson";
import { useState } from "preact/hooks";
import { named, say } from "../i18n/language.js";
import { volunteerWords } from "../i18n/volunteer.js";
import type { BuildingFeature, CompoundFeature, DistrictMap } from "../shared/api.js";
import { areaById, lineage, middle } from "../shared/ground.js";
import type { Fix } from "../shared/outbox_items.js";
import { Button, Field } from "../shared/ui.js";

interface Option {
    id: string;
    name: string;
}

interface ChooserProps {
    map: DistrictMap;
    onUse: (picked: { fix: Fix; name: string }) => void;
}

export function PlaceChooser({ map, onUse }: ChooserProps) {
    const words = say(volunteerWords);
    const [areaId, setAreaId] = useState("");
    const [compoundId, setCompoundId] = useState("");
    const [buildingId, setBuildingId] = useState("");
    const compounds = map.compounds.features.filter(({ properties }) =>
        lineage(map, properties.area_id).some(({ id }) => id === areaId),
    );
    const buildings = map.buildings.features.filter(({ id }) =>
        String(id).startsWith(`${compoundId}/`),
    );
    const picked = pick(map, areaId, compoundId, buildingId);
    return (
        <div class="chooser">
            <Select
                label={words.placeCommunity}
                options={areasToChoose(map)}
                value={areaId}
                onChange={(id) => {
                    setAreaId(id);
                    setCompoundId("");
                    setBuildingId("");
                }}
            />
            {areaId && compounds.length > 0 && (
                <Select
                    label={words.placeCompound}
                    options={compounds.map(option)}
                    value={compoundId}
                    onChange={(id) => {
                        setCompoundId(id);
                        setBuildingId("");
                    }}
                />
            )}
            {compoundId && buildings.length > 0 && (
                <Select
                    label={words.placeBuilding}
                    options={buildings.map(option)}
                    value={buildingId}
                    onChange={setBuildingId}
                />
            )}
            <Button tone="primary" disabled={!picked} onClick={() => picked && onUse(picked)}>
                {words.placeUse}
            </Button>
        </div>
    );
}

const option = ({ id, properties }: CompoundFeature | BuildingFeature): Option => ({
    id: String(id),
    name: named(properties),
});

/** What is smallest everywhere: grids; stations and communities that have nothing below them. */
function areasToChoose(map: DistrictMap): Option[] {
    const parents = new Set(map.areas.features.map(({ properties }) => properties.parent_id));
    return map.areas.features
        .filter(({ id }) => !parents.has(String(id)))
        .map(({ id }) => {
            const line = lineage(map, String(id));
            const name = line.slice(line.length > 3 ? 2 : 1).map((area) => named(area.properties));
            return { id: String(id), name: name.join(" · ") };
        });
}

function Select({
    label,
    options,
    value,
    onChange,
}: {
    label: string;
    options: Option[];
    value: string;
    onChange: (id: string) => void;
}) {
    return (
        <Field label={label}>
            {(id) => (
                <select
                    id={id}
                    value={value}
                    onChange={(event) => onChange(event.currentTarget.value)}
                >
                    <option value="">{say(volunteerWords).placeAny}</option>
                    {options.map((each) => (
                        <option key={each.id} value={each.id}>
                            {each.name}
                        </option>
                    ))}
                </select>
            )}
        </Field>
    );
}

function pick(map: DistrictMap, areaId: string, compoundId: string, buildingId: string) {
    const area = areaById(map, areaId);
    const compound = map.compounds.features.find(({ id }) => id === compoundId);
    const building = map.buildings.features.find(({ id }) => id === buildingId);
    const names = [area, compound, building].flatMap((each) =>
        each ? [named(each.properties)] : [],
    );
    const corners =
        (building && cornersOf(building)) ??
        (compound && cornersOf(compound)) ??
        area?.geometry.coordinates.flat(2);
    if (!corners || corners.length === 0) {
        return undefined;
    }
    const fix = middle(corners);
    return { fix: { ...fix, accuracyM: Math.max(fix.accuracyM, 20) }, name: names.join(" ") };
}

function cornersOf({
    geometry,
    properties,
}: CompoundFeature | BuildingFeature): Position[] | undefined {
    if (geometry?.type === "Polygon") {
        return geometry.coordinates.flat();
    }
    if (geometry?.type === "Point") {
        return [geometry.coordinates];
    }
    return "at" in properties && properties.at ? [properties.at] : undefined;
}
