// Photos of a notice: drawn anew on this computer, uploaded when the notice is sent out.

import { useEffect, useState } from "preact/hooks";
import { say } from "../i18n/language.js";
import { volunteerWords } from "../i18n/volunteer.js";
import { ApiError } from "../shared/api.js";
import { shrink } from "../shared/photo.js";
import { Icon } from "../shared/ui.js";

const most = 8;

/** The hub's ids. Throws where it does not take one. */
export async function uploadAll(photos: Blob[]): Promise<string[]> {
    const ids: string[] = [];
    for (const body of photos) {
        const answer = await fetch("/v1/media", { method: "POST", body });
        const said = await answer.json().catch(() => ({}));
        if (answer.status !== 201) {
            throw new ApiError(answer.status, said.code ?? "");
        }
        ids.push(said.media_id);
    }
    return ids;
}

interface PhotoPickerProps {
    photos: Blob[];
    onChange: (photos: Blob[]) => void;
}

export function PhotoPicker({ photos, onChange }: PhotoPickerProps) {
    const words = say(volunteerWords);
    const [problem, setProblem] = useState(false);
    const add = async (list: FileList | null) => {
        try {
            setProblem(false);
            const files = [...(list ?? [])].slice(0, most - photos.length);
            onChange([...photos, ...(await Promise.all(files.map(shrink)))]);
        } catch {
            setProblem(true);
        }
    };
    return (
        <div class="photo-picker">
            <label class="button button-plain file-button">
                <Icon name="camera" /> {words.photo}
                <input
                    class="unseen"
                    type="file"
                    accept="image/*"
                    multiple
                    onChange={(event) => void add(event.currentTarget.files)}
                />
            </label>
            {problem && (
                <p class="hint hint-bad" role="alert">
                    {words.photoBad}
                </p>
            )}
            <ul class="thumbs">
                {photos.map((photo, i) => (
                    <li key={`${i}-${photo.size}`}>
                        <Picture photo={photo} />
                        <button
                            type="button"
                            class="thumb-remove"
                            onClick={() => onChange(photos.filter((each) => each !== photo))}
                        >
                            {words.remove}
                        </button>
                    </li>
                ))}
            </ul>
        </div>
    );
}

function Picture({ photo }: { photo: Blob }) {
    const [url, setUrl] = useState("");
    useEffect(() => {
        const made = URL.createObjectURL(photo);
        setUrl(made);
        return () => URL.revokeObjectURL(made);
    }, [photo]);
    return <img class="thumb" src={url || undefined} alt={say(volunteerWords).photoAlt} />;
}
