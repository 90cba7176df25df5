// Where in a page one is: the path in the fragment, so that the phone's back button works and
// nothing is asked of the hub.

import { useEffect, useState } from "preact/hooks";

function parts(): string[] {
    return location.hash.replace(/^#\/?/, "").split("/").filter(Boolean).map(decodeURIComponent);
}

export function useRoute(): string[] {
    const [route, setRoute] = useState(parts);
    useEffect(() => {
        const onChange = () => {
            setRoute(parts());
            window.scrollTo(0, 0);
        };
        window.addEventListener("hashchange", onChange);
        return () => window.removeEventListener("hashchange", onChange);
    }, []);
    return route;
}

export function go(...path: string[]): void {
    location.hash = `/${path.map(encodeURIComponent).join("/")}`;
}

/** Instead of where one is: going back does not lead there again. */
export function goInstead(...path: string[]): void {
    location.replace(`#/${path.map(encodeURIComponent).join("/")}`);
}
