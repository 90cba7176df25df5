// Photos and voice that the hub has: small pictures that open large, and a player.

import { type Media, MediaKind } from "../gen/tocsin/v1/media_pb.js";
import { both, say } from "../i18n/language.js";
import { span } from "../i18n/times.js";

const words = both({
    zh: {
        photo: (n: number) => `照片 ${n}，点开看大图`,
        voice: (n: number, span: string) => `语音 ${n}（${span}）`,
    },
    en: {
        photo: (n: number) => `Photo ${n}, opens large`,
        voice: (n: number, span: string) => `Voice note ${n} (${span})`,
    },
});

export function MediaList({ media }: { media: Media[] }) {
    if (media.length === 0) {
        return null;
    }
    return (
        <ul class="thumbs">
            {media.map(({ mediaId, kind, durationMs }, i) => {
                const url = `/v1/media/${encodeURIComponent(mediaId)}`;
                return (
                    <li key={mediaId}>
                        {kind === MediaKind.VOICE ? (
                            // biome-ignore lint/a11y/useMediaCaption: nobody writes down what is said
                            <audio
                                class="voice"
                                controls
                                preload="none"
                                src={url}
                                aria-label={say(words).voice(i + 1, span(durationMs))}
                            />
                        ) : (
                            <a href={url} target="_blank" rel="noreferrer">
                                <img
                                    class="thumb"
                                    loading="lazy"
                                    src={`${url}/thumbnail`}
                                    alt={say(words).photo(i + 1)}
                                />
                            </a>
                        )}
                    </li>
                );
            })}
        </ul>
    );
}
