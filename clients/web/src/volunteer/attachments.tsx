// Photos and a voice note that go with a report.

import { useEffect, useState } from "preact/hooks";
import { say } from "../i18n/language.js";
import { volunteerWords } from "../i18n/volunteer.js";
import type { FileItem } from "../shared/outbox_items.js";
import { shrink } from "../shared/photo.js";
import { Icon } from "../shared/ui.js";
import { fileItem } from "./send.js";
import { VoiceNote } from "./voice_note.js";

const most = 8;

interface AttachmentsProps {
    files: FileItem[];
    onChange: (files: FileItem[]) => void;
}

export function Attachments({ files, onChange }: AttachmentsProps) {
    const words = say(volunteerWords);
    const [problem, setProblem] = useState("");
    const add = async (list: FileList | null) => {
        setProblem("");
        const added: FileItem[] = [];
        for (const file of [...(list ?? [])].slice(0, most - files.length)) {
            try {
                added.push(fileItem("photo", await shrink(file)));
            } catch {
                setProblem(words.photoBad);
            }
        }
        onChange([...files, ...added]);
    };
    const addVoice = (blob: Blob) => onChange([...files, fileItem("voice", blob)]);
    return (
        <div class="attachments">
            <label class="button button-plain file-button">
                <Icon name="camera" /> {words.photo}
                <input
                    class="unseen"
                    type="file"
                    accept="image/*"
                    multiple
                    onChange={(event) => {
                        const input = event.currentTarget;
                        void add(input.files).then(() => {
                            input.value = "";
                        });
                    }}
                />
            </label>
            {files.length < most && <VoiceNote onVoice={addVoice} />}
            {problem && (
                <p class="hint hint-bad" role="alert">
                    {problem}
                </p>
            )}
            <ul class="thumbs">
                {files.map((file) => (
                    <li key={file.id}>
                        <Thumb file={file} />
                        <button
                            type="button"
                            class="thumb-remove"
                            onClick={() => onChange(files.filter(({ id }) => id !== file.id))}
                        >
                            {words.remove}
                        </button>
                    </li>
                ))}
            </ul>
        </div>
    );
}

/** What is on this phone, without asking the hub. */
export function Thumb({ file }: { file: FileItem }) {
    const [url, setUrl] = useState("");
    useEffect(() => {
        const made = URL.createObjectURL(file.blob);
        setUrl(made);
        return () => URL.revokeObjectURL(made);
    }, [file.blob]);
    if (file.kind === "voice") {
        // biome-ignore lint/a11y/useMediaCaption: nobody writes down what is said
        return <audio class="voice" controls src={url || undefined} />;
    }
    return <img class="thumb" src={url || undefined} alt={say(volunteerWords).photoAlt} />;
}
