"""A browser as the hub sees it: requests with a Host and an Origin, and a cookie that it keeps."""

import dataclasses
import http.client
import json
import socket

from .processes import PATIENCE_S


@dataclasses.dataclass
class Answer:
    """What came back; `json` of a body that is JSON."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def code(self) -> str:
        return self.json["code"]


class Web:
    """One person's browser. `host` is the name in the address bar; `cookie` is set by signing in."""

    def __init__(self, hub, host: str = "localhost"):
        self.hub = hub
        self.host = f"{host}:{hub.port}"
        self.cookie = ""

    @property
    def origin(self) -> str:
        return f"http://{self.host}"

    def ask(self, method: str, path: str, body: bytes | None = None, headers: dict | None = None) -> Answer:
        """One request on a connection of its own. A header that is None is left out."""
        all_headers = {"Host": self.host, "Cookie": self.cookie or None, **(headers or {})}
        connection = http.client.HTTPConnection("127.0.0.1", self.hub.port, timeout=PATIENCE_S)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in all_headers.items():
                if value is not None:
                    connection.putheader(name, value)
            if body is not None and "Content-Length" not in all_headers:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def get(self, path: str, **headers) -> Answer:
        return self.ask("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})

    def post(self, path: str, value=None, **headers) -> Answer:
        """As a page's script does: with the page's own Origin, JSON where there is a value."""
        given = {name.replace("_", "-"): text for name, text in headers.items()}
        if value is None:
            return self.ask("POST", path, b"", {"Origin": self.origin, **given})
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
        return self.ask("POST", path, body, {"Origin": self.origin, "Content-Type": "application/json", **given})

    def sign_in(self, link: str) -> Answer:
        """By a link as `tocsin admin device add --link` prints it. Keeps the cookie."""
        answer = self.post("/v1/sign-in", {"secret": link.partition("#")[2]})
        if answer.status == 200:
            self.cookie = answer.headers["Set-Cookie"].partition(";")[0]
        return answer

    def connect(self, **options):
        """The WebSocket connection that a page of this browser opens."""
        from .wire import connect
        return connect(self.origin, None, headers={"Cookie": self.cookie}, origin=self.origin, host="127.0.0.1",
                       port=self.hub.port, **options)


def raw(port: int, request: bytes, timeout: float = PATIENCE_S) -> bytes:
    """Sends bytes, and reads to the end whatever comes."""
    with socket.create_connection(("127.0.0.1", port), timeout=timeout) as connection:
        try:
            connection.sendall(request)
        except OSError:
            pass
        data = b""
        while True:
            try:
                more = connection.recv(65_536)
            except ConnectionResetError:
                return data
            if not more:
                return data
            data += more
