const show = (id, text) => {
    document.getElementById(id).textContent = text;
};

const me = await fetch("/v1/me");
show("who", me.ok ? (await me.json()).person : String(me.status));

const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/v1/connect`, ["tocsin.v1+json"]);
socket.addEventListener("message", (message) => {
    const welcome = JSON.parse(message.data).entries?.[0]?.welcome;
    if (welcome !== undefined) {
        show("welcome", welcome.person.id);
    }
});
socket.addEventListener("close", (event) => show("welcome", `closed ${event.code}`));

document.getElementById("out").addEventListener("click", async () => {
    const answer = await fetch("/v1/sign-out", { method: "POST" });
    show("who", `out ${answer.status}`);
});
