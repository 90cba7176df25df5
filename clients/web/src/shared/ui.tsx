// The few things that every page is made of.

import type { ComponentChildren, JSX } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { common } from "../i18n/common.js";
import { say } from "../i18n/language.js";

export type Tone = "plain" | "primary" | "alarm" | "quiet";

type ButtonProps = Omit<JSX.HTMLAttributes<HTMLButtonElement>, "icon"> & {
    tone?: Tone;
    disabled?: boolean;
    type?: "button" | "submit";
};

export function Button({ tone = "plain", type = "button", ...rest }: ButtonProps) {
    const name = `button button-${tone} ${rest.class ?? rest.className ?? ""}`;
    return <button {...rest} type={type} class={name} />;
}

/** The emergency numbers: first on every urgent form. */
export function Emergency() {
    const words = say(common);
    return (
        <nav class="emergency" aria-label={words.call("119 110 120")}>
            {(["119", "110", "120"] as const).map((number) => (
                <a class="emergency-number" key={number} href={`tel:${number}`}>
                    <Icon name="phone" />
                    <span class="emergency-digits">{number}</span>
                    <span class="emergency-word">{words.emergency[number]}</span>
                </a>
            ))}
        </nav>
    );
}

export function Banner({
    tone,
    children,
}: {
    tone: "alarm" | "warn" | "calm";
    children: ComponentChildren;
}) {
    return (
        <div class={`banner banner-${tone}`} role={tone === "calm" ? "status" : "alert"}>
            {children}
        </div>
    );
}

export function Field({
    label,
    hint,
    children,
}: {
    label: string;
    hint?: string | undefined;
    children: (id: string, describedBy: string | undefined) => ComponentChildren;
}) {
    const id = useId();
    const hintId = hint ? `${id}-hint` : undefined;
    return (
        <div class="field">
            <label for={id}>{label}</label>
            {children(id, hintId)}
            {hint && (
                <p class="hint" id={hintId}>
                    {hint}
                </p>
            )}
        </div>
    );
}

export function Check({
    label,
    checked,
    onChange,
    disabled = false,
}: {
    label: ComponentChildren;
    checked: boolean;
    onChange: (checked: boolean) => void;
    disabled?: boolean;
}) {
    return (
        <label class="check">
            <input
                type="checkbox"
                checked={checked}
                disabled={disabled}
                onChange={(event) => onChange(event.currentTarget.checked)}
            />
            <span>{label}</span>
        </label>
    );
}

/** One of a few, as large buttons in a row. */
export function Choice<T extends string | number>({
    label,
    options,
    value,
    onChange,
}: {
    label: string;
    options: readonly { value: T; word: string }[];
    value: T | undefined;
    onChange: (value: T) => void;
}) {
    return (
        <fieldset class="choice">
            <legend>{label}</legend>
            <div class="choice-row">
                {options.map((option) => (
                    <button
                        type="button"
                        key={option.value}
                        class="chip"
                        aria-pressed={option.value === value}
                        onClick={() => onChange(option.value)}
                    >
                        {option.word}
                    </button>
                ))}
            </div>
        </fieldset>
    );
}

/** A question in front of the page; closed by Escape and by its own buttons. */
export function Dialog({
    title,
    onClose,
    children,
}: {
    title: string;
    onClose: () => void;
    children: ComponentChildren;
}) {
    const dialog = useRef<HTMLDialogElement>(null);
    const id = useId();
    useLayoutEffect(() => {
        dialog.current?.showModal();
    }, []);
    return (
        <dialog class="dialog" ref={dialog} aria-labelledby={id} onClose={onClose}>
            <h2 id={id}>{title}</h2>
            {children}
        </dialog>
    );
}

const paths = {
    phone: "M6.6 10.8a15 15 0 0 0 6.6 6.6l2.2-2.2a1 1 0 0 1 1-.25 11.4 11.4 0 0 0 3.6.6 1 1 0 0 1 1 1V20a1 1 0 0 1-1 1A17 17 0 0 1 3 4a1 1 0 0 1 1-1h3.5a1 1 0 0 1 1 1c0 1.25.2 2.45.6 3.6a1 1 0 0 1-.25 1z",
    fire: "M13 2s1 3-1.5 6C9 11 6 13 6 16.500A6 6 0 0 0 18 16.500c0-3-1.500-5-2.500-6.500 0 2-1 3-2 3.500C14.500 9 15 5 13 2z",
    danger: "M12 3 1.500 21h21L12 3zm-1 7h2v6h-2v-6zm0 7.500h2v2h-2v-2z",
    eye: "M12 5C6 5 2 12 2 12s4 7 10 7 10-7 10-7-4-7-10-7zm0 11.500A4.500 4.500 0 1 1 12 7.500a4.500 4.500 0 0 1 0 9zM12 9.500a2.500 2.500 0 1 0 0 5 2.500 2.500 0 0 0 0-5z",
    hands: "M4 4h16a1 1 0 0 1 1 1v11a1 1 0 0 1-1 1h-6l-4 4v-4H4a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1zm3 4v2h10V8H7zm0 4v2h6v-2H7z",
    bell: "M12 2a2 2 0 0 0-2 2v.3A6.500 6.500 0 0 0 5.500 10.500V15L4 17.500h16L18.500 15v-4.500A6.500 6.500 0 0 0 14 4.300V4a2 2 0 0 0-2-2zm-2.500 17a2.500 2.500 0 0 0 5 0h-5z",
    list: "M4 5h16v2.500H4V5zm0 5.750h16v2.500H4v-2.500zM4 16.500h16V19H4v-2.500z",
    home: "M12 3 2.500 11h2.750v9h5.250v-6h3v6h5.250v-9h2.750L12 3z",
    gear: "M10 2h4l.5 2.700 1.900.8L18.600 4l2.800 2.800-1.500 2.200.8 1.900 2.800.6v4l-2.800.6-.8 1.900 1.500 2.200-2.800 2.800-2.200-1.500-1.900.8L14 22h-4l-.6-2.700-1.900-.8-2.200 1.500-2.800-2.800L4 15l-.8-1.900L.5 12.500v-1L3.200 9.500 4 7.600 2.500 5.400 5.300 2.600l2.200 1.500 1.900-.8L10 2zm2 6.500a3.500 3.500 0 1 0 0 7 3.500 3.500 0 0 0 0-7z",
    check: "M9.500 16.600 4.900 12l-1.800 1.800 6.400 6.400L21 8.700 19.200 6.900z",
    back: "M20 11H8.200l5.300-5.300L12 4.200 4.200 12l7.800 7.800 1.500-1.500L8.200 13H20z",
    pin: "M12 2a7 7 0 0 0-7 7c0 5 7 13 7 13s7-8 7-13a7 7 0 0 0-7-7zm0 9.500a2.500 2.500 0 1 1 0-5 2.500 2.500 0 0 1 0 5z",
    camera: "M9 4 7.200 6H4a2 2 0 0 0-2 2v10a2 2 0 0 0 2 2h16a2 2 0 0 0 2-2V8a2 2 0 0 0-2-2h-3.200L15 4H9zm3 13.500a4.500 4.500 0 1 1 0-9 4.500 4.500 0 0 1 0 9z",
    voice: "M12 2a3 3 0 0 0-3 3v6a3 3 0 0 0 6 0V5a3 3 0 0 0-3-3zM5 11h2a5 5 0 0 0 10 0h2a7 7 0 0 1-6 6.900V21h-2v-3.100A7 7 0 0 1 5 11z",
    sound: "M3 9v6h4l5 5V4L7 9H3zm13.500 3a4.500 4.500 0 0 0-2.500-4v8a4.500 4.500 0 0 0 2.500-4z",
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name }: { name: IconName }) {
    return (
        <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <path d={paths[name]} />
        </svg>
    );
}
