// Whether a lookout identifies a person: asked of every one, and then for the case's number.

import { say } from "../i18n/language.js";
import { noticeWords } from "../i18n/notices.js";
import { Choice, Field } from "../shared/ui.js";

/** Hours that a lookout which identifies a person may be in force. */
export const identifyingHours = 72;

export interface Identity {
    /** Undefined: nobody said yet. */
    identifies: boolean | undefined;
    caseNumber: string;
}

/** What is missing, in words; empty where nothing is. */
export function missingIdentity({ identifies, caseNumber }: Identity): string {
    const words = say(noticeWords);
    if (identifies === undefined) {
        return words.needIdentifies;
    }
    return identifies && caseNumber.trim() === "" ? words.needCase : "";
}

export function IdentityFields({
    identity,
    onChange,
}: {
    identity: Identity;
    onChange: (identity: Identity) => void;
}) {
    const words = say(noticeWords);
    const { identifies } = identity;
    return (
        <>
            <Choice
                label={words.identifies}
                options={[
                    { value: "no", word: words.identifiesNo },
                    { value: "yes", word: words.identifiesYes },
                ]}
                value={identifies === undefined ? undefined : identifies ? "yes" : "no"}
                onChange={(value) => onChange({ ...identity, identifies: value === "yes" })}
            />
            {identifies && (
                <Field label={words.caseNumber}>
                    {(id) => (
                        <input
                            id={id}
                            maxLength={64}
                            value={identity.caseNumber}
                            onInput={(event) =>
                                onChange({ ...identity, caseNumber: event.currentTarget.value })
                            }
                        />
                    )}
                </Field>
            )}
        </>
    );
}
