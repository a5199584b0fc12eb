"""What auth measures of signing in: by which method it was tried, and what came of it."""

from tests.auth.conftest import PASSWORD, SECRET, Served, bearing
from tests.fixtures.grpc_loopback import refusal
from tests.fixtures.measured import measured

from deltastream.auth.v1 import auth_service_pb2 as pb
from deltastream.runtime.telemetry import names
from deltastream.runtime.telemetry.instruments import PROCESS


def attempts(method: str, result: str) -> float:
    return measured(names.SIGN_INS, method=method, result=result)


async def test_right_and_wrong_passwords_are_told_apart_and_so_is_a_pause(served: Served) -> None:
    before = {it: attempts("password", it) for it in ("accepted", "refused", "throttled")}
    registered = attempts("registration", "accepted")
    await served.register()
    for _ in range(10):
        await refusal(served.log_in(password="wrong horse"))  # noqa: S106 - it opens nothing
    await refusal(served.log_in())
    served.clock.pass_by(seconds=1)
    await served.log_in()
    assert attempts("registration", "accepted") == registered + 1
    assert attempts("password", "refused") == before["refused"] + 10
    assert attempts("password", "throttled") == before["throttled"] + 1
    assert attempts("password", "accepted") == before["accepted"] + 1


async def test_an_address_that_is_taken_is_a_refused_registration(served: Served) -> None:
    before = attempts("registration", "refused")
    await served.register()
    await refusal(served.register())
    assert attempts("registration", "refused") == before + 1


async def test_sessions_that_are_renewed_and_those_that_are_not(served: Served) -> None:
    before = attempts("refresh", "accepted"), attempts("refresh", "refused")
    signed_in = await served.register()
    await served.stub.Refresh(pb.RefreshRequest(refresh_token=signed_in.refresh_token))
    await refusal(served.stub.Refresh(pb.RefreshRequest(refresh_token="none-of-ours")))  # noqa: S106 - none
    assert (attempts("refresh", "accepted"), attempts("refresh", "refused")) == (
        before[0] + 1,
        before[1] + 1,
    )


async def test_keys_and_services_are_counted_by_themselves(served: Served) -> None:
    before = attempts("api_key", "accepted"), attempts("service", "refused")
    signed_in = await served.register()
    made = await served.stub.CreateApiKey(
        pb.CreateApiKeyRequest(name="a program"), metadata=bearing(signed_in.token)
    )
    await served.stub.ExchangeApiKey(pb.ExchangeApiKeyRequest(api_key=made.secret))
    await refusal(
        served.stub.IssueServiceToken(
            pb.IssueServiceTokenRequest(service="storage", secret="not the mesh's")  # noqa: S106 - it opens nothing
        )
    )
    assert attempts("api_key", "accepted") == before[0] + 1
    assert attempts("service", "refused") == before[1] + 1
    labels = str([sample for family in PROCESS.registry.collect() for sample in family.samples])
    assert not [it for it in (PASSWORD, SECRET, made.secret, signed_in.token) if it in labels]
