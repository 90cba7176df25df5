// Areas by name, as the tree that they are. What is chosen above need not be chosen below.

import { named } from "../i18n/language.js";
import type { AreaFeature, DistrictMap } from "../shared/api.js";
import { areaById, childrenOf } from "../shared/ground.js";
import { Check } from "../shared/ui.js";

interface AreaTreeProps {
    map: DistrictMap;
    /** The area to begin with; empty: the whole district. */
    top: string;
    picked: Set<string>;
    onToggle: (id: string) => void;
}

export function AreaTree({ map, top, picked, onToggle }: AreaTreeProps) {
    const root = areaById(map, top || map.areas.features.find(isTop)?.id?.toString() || "");
    return root ? (
        <ul class="tree">
            <Branch map={map} area={root} picked={picked} onToggle={onToggle} held={false} />
        </ul>
    ) : null;
}

const isTop = ({ properties }: AreaFeature) => properties.kind === "bureau";

function Branch({
    map,
    area,
    picked,
    onToggle,
    held,
}: Omit<AreaTreeProps, "top"> & { area: AreaFeature; held: boolean }) {
    const id = String(area.id);
    const below = childrenOf(map, id);
    const isHeld = held || picked.has(id);
    return (
        <li>
            <Check
                label={named(area.properties)}
                checked={isHeld}
                disabled={held}
                onChange={() => onToggle(id)}
            />
            {below.length > 0 && (
                <ul class="tree">
                    {below.map((child) => (
                        <Branch
                            key={child.id}
                            map={map}
                            area={child}
                            picked={picked}
                            onToggle={onToggle}
                            held={isHeld}
                        />
                    ))}
                </ul>
            )}
        </li>
    );
}
