// Photos and voice: from a phone's camera and microphone to the desk that handles the incident.

import { expect, test } from "vitest";
import { iconPng } from "../../clients/web/icons.js";
import { leave, reached, sendForm, settle, type Town, view } from "./people.js";

let town: Town;

settle((it) => {
    town = it;
});

const picture = { name: "IMG_0001.png", mimeType: "image/png", buffer: iconPng(192) };

test("a photo and a voice note follow the report, and the desk sees and hears them", async () => {
    const guard = await town.phone("volunteer-1", { permissions: ["geolocation", "microphone"] });
    const officer = await town.desk("officer-baoguo");
    await view(guard.page, "report/suspicious");
    await guard.page.locator("input[type=file]").setInputFiles(picture);
    await guard.page.locator(".thumb").waitFor();
    await guard.page.getByRole("button", { name: "录一段语音" }).click();
    await guard.page.waitForTimeout(1_500);
    await guard.page.getByRole("button", { name: /停止/ }).click();
    await guard.page.locator("audio").waitFor();
    await sendForm(guard.page, "车牌拍到了");
    await reached(guard.page, "已存");
    await guard.page.locator(".said .tag", { hasText: "已存" }).waitFor();

    await officer.page.locator(".inc", { hasText: "车牌拍到了" }).click();
    const thumb = officer.page.locator(".trail-media img");
    await thumb.waitFor();
    await expect
        .poll(() =>
            thumb.evaluate((image: HTMLImageElement) => image.complete && image.naturalWidth),
        )
        .toBe(192);
    const plays = await officer.page.locator(".trail-media audio").evaluate(
        (audio: HTMLAudioElement) =>
            new Promise<string>((resolve) => {
                audio.oncanplaythrough = () => resolve("plays");
                audio.onerror = () => resolve(`error ${audio.error?.message}`);
                audio.preload = "auto";
                audio.load();
            }),
    );
    expect(plays).toBe("plays");
    await leave(guard, officer);
});

test("what is no picture is refused on the phone, in words", async () => {
    const guard = await town.phone("volunteer-1");
    await view(guard.page, "report/suspicious");
    await guard.page.locator("input[type=file]").setInputFiles({
        name: "a.jpg",
        mimeType: "image/jpeg",
        buffer: Buffer.from("no picture"),
    });
    await guard.page.getByText("这个文件不是可用的照片").waitFor();
    await leave(guard);
});
