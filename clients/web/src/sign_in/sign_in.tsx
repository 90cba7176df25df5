import { useState } from "preact/hooks";
import { common } from "../i18n/common.js";
import { both, say } from "../i18n/language.js";
import { ApiError, forgetKept, signIn } from "../shared/api.js";
import { useBusy, usePrefs } from "../shared/hooks.js";
import { setPrefs } from "../shared/prefs.js";
import { Banner, Button } from "../shared/ui.js";

const signInWords = both({
    zh: {
        title: "登录",
        ready: "点击下面的按钮，在本设备上登录。链接只能用一次。",
        button: "在本设备登录",
        noSecret: "请打开派出所给您的登录链接。如果链接已经用过，请再要一个新的。",
        device: "登录后本设备会一直保持登录，直到您退出。请不要在公用电脑上登录。",
        refused: {
            link_used: "这个链接已经用过了。请向派出所要一个新的链接。",
            link_unknown: "这个链接无效。请核对，或要一个新的链接。",
            link_expired: "这个链接已过期。请要一个新的链接。",
            too_many_requests: "失败次数太多，请稍后再试。",
            unavailable: "服务器暂时不可用，链接没有作废，请稍后再试。",
            no_answer: "连接不上服务器，请检查网络后再试。",
        } as Record<string, string>,
    },
    en: {
        title: "Sign in",
        ready: "Press the button to sign in on this device. The link works once.",
        button: "Sign in on this device",
        noSecret:
            "Open the sign-in link from your station. If it was used already, ask for a new one.",
        device: "This device stays signed in until you sign out. Do not use a shared computer.",
        refused: {
            link_used: "This link was used already. Ask your station for a new one.",
            link_unknown: "This link is not valid. Check it, or ask for a new one.",
            link_expired: "This link has expired. Ask for a new one.",
            too_many_requests: "Too many failures. Try again later.",
            unavailable: "The hub is not available; the link is not spent. Try again later.",
            no_answer: "The hub cannot be reached. Check the network and try again.",
        } as Record<string, string>,
    },
});

// Trying the same link again may help after these.
const passing = new Set(["no_answer", "unavailable", "too_many_requests"]);

export function SignIn({ secret }: { secret: string }) {
    const { language } = usePrefs();
    const words = say(signInWords);
    const shared = say(common);
    const [code, setCode] = useState("");
    const [busy, run] = useBusy();
    const enter = () =>
        run(async () => {
            try {
                const { home } = await signIn(secret);
                forgetKept();
                location.replace(home);
            } catch (error) {
                setCode(error instanceof ApiError ? error.code || "error" : "error");
            }
        });
    const mayTry = secret !== "" && (code === "" || passing.has(code));
    return (
        <main class="card centred sign-in">
            <h1>
                {shared.product} · {words.title}
            </h1>
            {code !== "" && (
                <Banner tone="alarm">{words.refused[code] ?? shared.refusedOther(code)}</Banner>
            )}
            {mayTry ? (
                <>
                    <p>{words.ready}</p>
                    <Button
                        tone="primary"
                        class="wide tall"
                        disabled={busy}
                        onClick={() => void enter()}
                    >
                        {busy ? shared.sending : words.button}
                    </Button>
                    <p class="hint">{words.device}</p>
                </>
            ) : (
                code === "" && <p>{words.noSecret}</p>
            )}
            <Button
                tone="quiet"
                lang={language === "zh" ? "en" : "zh-CN"}
                onClick={() => setPrefs({ language: language === "zh" ? "en" : "zh" })}
            >
                {shared.otherLanguage}
            </Button>
        </main>
    );
}
