// Somebody opened a page of another role.

import { common } from "../i18n/common.js";
import { say } from "../i18n/language.js";

export function WrongPage({ home }: { home: string }) {
    const words = say(common);
    return (
        <main class="card centred">
            <h1>{words.wrongPage}</h1>
            <a class="button button-primary wide" href={home}>
                {words.yourPage}
            </a>
        </main>
    );
}
