"""As whom schemathesis asks."""

import os
from contextlib import closing
from http.client import HTTPConnection
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import uuid4

import orjson

import schemathesis

API_KEY: Final = "DELTASTREAM_API_KEY"
"""The environment variable with an administrator's API key."""
_SECONDS: Final = 15.0
_NEW_ACCOUNT_SECONDS: Final = 10
# An API key manages no account: for that one must have signed in.
_OWN_ACCOUNT: Final = [
    "AuthService_GetUser",
    "AuthService_ChangePassword",
    "AuthService_EndSessions",
    "AuthService_CreateApiKey",
    "AuthService_ListApiKeys",
    "AuthService_DeleteApiKey",
]


@schemathesis.auth().skip_for(operation_id=_OWN_ACCOUNT)
class Administrator:
    """Sends an API key, which outlives the sessions that the run ends."""

    def get(self, case: Any, context: Any) -> str:
        """Return the key."""
        del case, context
        return os.environ[API_KEY]

    def set(self, case: Any, data: str, context: Any) -> None:
        """Put the key on a request."""
        del context
        case.headers["X-Api-Key"] = data


@schemathesis.auth(refresh_interval=_NEW_ACCOUNT_SECONDS).apply_to(operation_id=_OWN_ACCOUNT)
class Newcomer:
    """Signs in as a new account, again and again."""

    def get(self, case: Any, context: Any) -> str:
        """Return an access token."""
        del context
        account = {"email": f"{uuid4().hex}@example.com", "password": uuid4().hex}
        address = urlsplit(case.operation.base_url)
        with closing(HTTPConnection(address.netloc, timeout=_SECONDS)) as connection:
            connection.request("POST", "/api/auth/register", body=orjson.dumps(account))
            return str(orjson.loads(connection.getresponse().read())["token"])

    def set(self, case: Any, data: str, context: Any) -> None:
        """Put the token on a request."""
        del context
        case.headers["Authorization"] = f"Bearer {data}"
