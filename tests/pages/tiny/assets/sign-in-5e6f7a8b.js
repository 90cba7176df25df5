document.getElementById("in").addEventListener("click", async () => {
    const answer = await fetch("/v1/sign-in", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ secret: location.hash.slice(1) }),
    });
    const said = await answer.json();
    if (answer.ok) {
        location.replace(said.home);
    } else {
        document.getElementById("said").textContent = `${answer.status} ${said.code}`;
    }
});
