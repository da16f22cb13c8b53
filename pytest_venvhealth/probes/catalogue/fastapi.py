# imports: fastapi, fastapi.routing, fastapi.openapi.utils
# exercises: the ASGI application called by hand: path, query and body parameters, a dependency,
#   validation errors, the OpenAPI document
import asyncio
import json

from fastapi import Depends, FastAPI
from pydantic import BaseModel


class Order(BaseModel):
    name: str
    count: int = 1


def factor(times: int = 1) -> int:
    return times


app = FastAPI(title="probe")


@app.get("/double/{number}")
async def double(number: int, times: int = Depends(factor)):
    return {"result": number * 2 * times}


@app.post("/order", status_code=201)
async def order(order: Order) -> Order:
    return order


def call(method, path, query=b"", body=b""):
    """Return status and JSON of one request, without any server or client."""
    sent = []

    async def receive():
        return {"type": "http.request", "body": body}

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": method, "path": path, "query_string": query}
    scope.update(root_path="", headers=[(b"content-type", b"application/json")])
    asyncio.run(app(scope, receive, send))
    content = b"".join(message.get("body", b"") for message in sent[1:])
    return sent[0]["status"], json.loads(content)


assert call("GET", "/double/21") == (200, {"result": 42})
assert call("GET", "/double/21", b"times=2") == (200, {"result": 84})
assert call("GET", "/nothing") == (404, {"detail": "Not Found"})
status, answer = call("GET", "/double/many")
assert status == 422 and answer["detail"][0]["loc"] == ["path", "number"], answer
assert call("POST", "/order", body=b'{"name": "tea"}') == (201, {"name": "tea", "count": 1})
assert call("POST", "/order", body=b'{"count": 2}')[0] == 422

document = app.openapi()
assert sorted(document["paths"]) == ["/double/{number}", "/order"]
assert document["components"]["schemas"]["Order"]["required"] == ["name"]
