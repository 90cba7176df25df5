// Photos and voice travel over HTTP, beside the connection, so that no report waits for them.

import type { FileItem } from "../shared/outbox_items.js";

export interface Uploads {
    /** The file as it stands after the attempt; undefined: not now, try again later. */
    send(file: FileItem): Promise<FileItem | undefined>;
}

export const httpUploads: Uploads = {
    async send(file) {
        try {
            const answer = await fetch("/v1/media", { method: "POST", body: file.blob });
            if (answer.status === 201) {
                const { media_id } = await answer.json();
                return { ...file, state: "stored", mediaId: media_id };
            }
            const willPass = answer.status >= 500 || answer.status === 429 || answer.status === 401;
            return willPass ? undefined : { ...file, state: "refused" };
        } catch {
            return undefined;
        }
    },
};
