"""One request to an engine's own interface: a time-out on everything, the text never in a URL."""

import time
from collections.abc import Mapping
from typing import Any

import httpx

from dispatcher.kit.errors import Refused
from dispatcher.wording.engines.base import LARGEST, TIMEOUT


def post(url: str, body: Mapping[str, Any], *, engine: str, headers: Mapping[str, str]) -> Any:
    """The answer's JSON. Raises Refused `wording.engine_timeout|away|refused|garbage`."""
    end = time.monotonic() + TIMEOUT
    try:
        with (
            httpx.Client(timeout=TIMEOUT, follow_redirects=False, trust_env=False) as client,
            client.stream("POST", url, json=dict(body), headers=dict(headers)) as answer,
        ):
            content = bytearray()
            for piece in answer.iter_bytes():
                content += piece
                if len(content) > LARGEST:
                    raise Refused("wording.engine_garbage", engine=engine)
                if time.monotonic() > end:  # a drip of bytes never runs into httpx's own time-out
                    raise Refused("wording.engine_timeout", engine=engine)
            status = answer.status_code
    except httpx.TimeoutException:
        raise Refused("wording.engine_timeout", engine=engine) from None
    except httpx.HTTPError:
        raise Refused("wording.engine_away", engine=engine) from None
    if status != 200:  # noqa: PLR2004
        raise Refused("wording.engine_refused", engine=engine, status=status)
    try:
        return httpx.Response(200, content=bytes(content)).json()
    except ValueError:
        raise Refused("wording.engine_garbage", engine=engine) from None
