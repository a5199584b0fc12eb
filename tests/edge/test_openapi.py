"""The OpenAPI document says what the transcoder does."""

import re
from pathlib import Path
from typing import Any, Final

import orjson
import protovalidate
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from tests.edge.transcoder_mesh import json_of, mesh

from buf.validate import validate_pb2
from deltastream.analytics.v1.analytics_service_pb2 import CalculateOptionsRequest
from deltastream.auth.v1.auth_service_pb2 import LoginRequest, RegisterRequest
from deltastream.edge.contract import SERVICES
from deltastream.edge.docs_page import add_docs, document_file
from deltastream.edge.errors.request_errors import RequestError
from deltastream.edge.openapi.__main__ import main
from deltastream.edge.openapi.comments import comments_of, compile_contract
from deltastream.edge.openapi.document import document_of
from deltastream.edge.openapi.links import LINKS
from deltastream.edge.openapi.reasons import ReasonCommentError, reasons_of
from deltastream.edge.openapi.rules import UnknownRuleError, constraints_of
from deltastream.edge.openapi.writing import document_text
from deltastream.edge.reading.json_reader import read_json
from deltastream.edge.transcoder.http_rule import bindings_of
from deltastream.runtime.errors import _MEANINGS, reason_name

_ROOT: Final = Path(__file__).parents[2]
_FILE: Final = _ROOT / "gen" / "openapi" / "deltastream.json"
_DOCUMENT: Final[dict[str, Any]] = orjson.loads(_FILE.read_bytes())
_SCHEMAS: Final[dict[str, Any]] = _DOCUMENT["components"]["schemas"]
_OPERATIONS: Final[list[tuple[str, str, dict[str, Any]]]] = [
    (path, method, operation)
    for path, methods in _DOCUMENT["paths"].items()
    for method, operation in methods.items()
]


_DOCUMENTED_HEADERS: Final = set(_DOCUMENT["components"]["headers"])
_COMMENTS: Final = comments_of(compile_contract(_ROOT / "proto", _ROOT / "third_party"))
_BY_ID: Final = {operation["operationId"]: operation for *_, operation in _OPERATIONS}


def parameters_of(operation: dict[str, Any]) -> list[dict[str, Any]]:
    """Return an operation's parameters, shared ones in place."""
    shared = _DOCUMENT["components"]["parameters"]
    return [
        shared[parameter["$ref"].rpartition("/")[2]] if "$ref" in parameter else parameter
        for parameter in operation["parameters"]
    ]


def fits(value: object, schema: dict[str, Any]) -> bool:
    """Say whether a value fits a schema of the document."""
    whole = schema | {"components": _DOCUMENT["components"]}
    return bool(OAS31Validator(whole).is_valid(value))


def test_the_file_is_what_the_contract_says() -> None:
    assert _FILE.read_bytes() == document_text(
        document_of, proto=_ROOT / "proto", third_party=_ROOT / "third_party"
    )


def test_it_is_openapi() -> None:
    assert _DOCUMENT["openapi"].startswith("3.1.")
    OpenAPIV31SpecValidator(_DOCUMENT).validate()


def test_every_binding_is_an_operation_and_no_other() -> None:
    bindings = [binding for service in SERVICES for binding in bindings_of(service)]
    assert [(path, method.upper()) for path, method, _ in _OPERATIONS] == [
        (binding.template, binding.http_method) for binding in bindings
    ]


def test_operation_ids_are_unique() -> None:
    ids = [operation["operationId"] for *_, operation in _OPERATIONS]
    assert len(set(ids)) == len(ids)


def test_everything_is_described() -> None:
    for path, _, operation in _OPERATIONS:
        assert operation["summary"], path
        for parameter in parameters_of(operation):
            assert parameter["description"], (path, parameter["name"])
    for name, schema in _SCHEMAS.items():
        assert schema["description"], name


def test_comments_become_descriptions() -> None:
    field = _SCHEMAS["EnrichedChain"]["properties"]["pcr_oi"]
    assert field["description"] == (
        "pcr_oi is the puts' open interest over the calls'. Absent when the calls have none."
    )
    assert (
        "- `CHAIN_VIEW_SUMMARY`: Everything but calls and puts."
        in (_SCHEMAS["ChainView"]["description"])
    )


def test_access_rules_become_security() -> None:
    security = {operation["operationId"]: operation["security"] for *_, operation in _OPERATIONS}
    assert security["AuthService_Login"] == []
    either: list[dict[str, list[str]]] = [{"bearerAuth": []}, {"apiKeyAuth": []}]
    assert security["StorageService_ListTicks"] == either
    assert security["EnrichmentService_ListDeadLetters"] == either
    assert _DOCUMENT["components"]["securitySchemes"].keys() == {"bearerAuth", "apiKeyAuth"}


def test_each_status_has_an_example_of_each_of_its_reasons() -> None:
    responses = _DOCUMENT["components"]["responses"]
    shown = {
        name: examples
        for name, response in responses.items()
        if (examples := response.get("content", {}).get("application/json", {}).get("examples"))
    }
    assert {"PRODUCT_NOT_FOUND", "EXPIRY_NOT_FOUND"} <= set(shown["NotFound"])
    assert set(shown["Conflict"]) == {"EMAIL_TAKEN"}
    assert set(shown) == set(responses) - {"NotModified"}
    for examples in shown.values():
        for reason, example in examples.items():
            assert fits(example["value"], {"$ref": "#/components/schemas/Status"})
            assert example["value"]["details"][0]["reason"] == reason


def test_every_reason_has_its_example_but_the_one_of_no_operation() -> None:
    shown = {
        reason
        for response in _DOCUMENT["components"]["responses"].values()
        for reason in response.get("content", {}).get("application/json", {}).get("examples", ())
    }
    assert set(_SCHEMAS["ErrorReason"]["enum"]) - shown == {"METHOD_NOT_ALLOWED"}


def test_a_reason_means_the_code_that_is_raised() -> None:
    documented = {reason.name: reason.code for reason in reasons_of(_COMMENTS)}
    for meaning in _MEANINGS.values():
        assert documented[reason_name(meaning.reason)] is meaning.code


@pytest.mark.parametrize("gone", ["NOT_FOUND", "Example:"])
def test_a_reason_whose_comment_says_too_little_is_noticed(gone: str) -> None:
    name = "deltastream.errors.v1.ErrorReason.ERROR_REASON_PRODUCT_NOT_FOUND"
    comments = _COMMENTS | {name: _COMMENTS[name].replace(gone, "")}
    with pytest.raises(ReasonCommentError, match="PRODUCT_NOT_FOUND"):
        list(reasons_of(comments))


def test_links_lead_from_what_is_answered_to_what_is_taken() -> None:
    for source, links in LINKS.items():
        answer = _BY_ID[source]["responses"]["200"]["content"]["application/json"]["schema"]
        for link in links.values():
            target = _BY_ID[link.operation]
            assert all(at(answer, pointer) for pointer in link.values.values())
            body = target.get("requestBody", {}).get("content", {}).get("application/json", {})
            members = resolved(body["schema"])["properties"] if link.body else {}
            taken = members or {parameter["name"] for parameter in parameters_of(target)}
            assert link.values.keys() <= set(taken)


def test_what_the_path_gives_stays_out_of_the_body() -> None:
    operation = _BY_ID["AuthService_SetRoles"]
    body = operation["requestBody"]["content"]["application/json"]["schema"]
    assert fits({"roles": ["admin"]}, body)
    assert not fits({"roles": ["admin"], "user_id": "1"}, body)
    assert not fits({}, body)


def test_a_list_links_to_its_next_page() -> None:
    link = _BY_ID["StorageService_ListChains2"]["responses"]["200"]["links"]["NextPage"]
    assert link["operationId"] == "StorageService_ListChains2"
    assert link["parameters"] == {
        "product": "$request.path.product",
        "expiry": "$request.path.expiry",
        "page_token": "$response.body#/next_page_token",
    }


def test_what_may_be_kept_says_so() -> None:
    kept = {name for name, operation in _BY_ID.items() if "304" in operation["responses"]}
    assert {"StorageService_ListTicks", "AuthService_ListSigningKeys"} <= kept
    # Secrets are not kept, nor is what never ends, nor what changes something.
    assert not kept & {
        "AuthService_GetUser",
        "EnrichmentService_StreamTicks",
        "AnalyticsService_CalculateOptions",
    }
    for name in kept:
        assert "ETag" in _BY_ID[name]["responses"]["200"]["headers"]
        assert "If-None-Match" in {parameter["name"] for parameter in parameters_of(_BY_ID[name])}


def test_every_status_is_named_and_none_is_left_open() -> None:
    for name, operation in _BY_ID.items():
        assert "default" not in operation["responses"], name
        assert {"200", "400", "401", "429", "503"} <= operation["responses"].keys(), name


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    reference = schema.get("$ref")
    return _SCHEMAS[reference.rpartition("/")[2]] if reference else schema


def at(schema: dict[str, Any], pointer: str) -> dict[str, Any]:
    """Return the schema of what a pointer points at."""
    for part in pointer.split("/")[1:]:
        whole = resolved(schema)
        schema = whole["items"] if part.isdecimal() else whole["properties"][part]
    return schema


def test_rules_become_constraints() -> None:
    parameters = {
        parameter["name"]: parameter
        for parameter in parameters_of(_DOCUMENT["paths"]["/api/data/chain/{product}"]["get"])
    }
    assert parameters["product"]["required"]
    assert (
        parameters["page_size"]["schema"] | {"minimum": 0, "maximum": 1000}
        == (parameters["page_size"]["schema"])
    )
    expiry = parameters["expiry"]["schema"]
    assert fits("", expiry)
    assert fits("2026-01-27", expiry)
    assert not fits("2026-13-01", expiry)
    by_path = _DOCUMENT["paths"]["/api/data/chain/{product}/{expiry}"]["get"]["parameters"][1]
    assert not fits("", by_path["schema"])


_OPTION: Final = {
    "option_type": "OPTION_TYPE_CALL",
    "underlying": 100.0,
    "strike": 100.0,
    "years_to_expiry": 0.5,
    "price": 4.0,
}


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (RegisterRequest, {"email": "a@b.example", "password": "long enough"}),
        (RegisterRequest, {"email": "a@b.example", "password": "long enough", "name": "A"}),
        (RegisterRequest, {"email": "a@b.example", "password": "x" * 73}),
        (RegisterRequest, {"email": "a@b.example"}),
        (RegisterRequest, {"password": "long enough"}),
        (RegisterRequest, {}),
        (RegisterRequest, {"email": "a@b.example", "password": "long enough", "nick": "A"}),
        (RegisterRequest, {"email": 1, "password": "long enough"}),
        (LoginRequest, {"email": "", "password": "x"}),
        (LoginRequest, {"email": "a", "password": "x"}),
        (CalculateOptionsRequest, {"options": [_OPTION]}),
        (CalculateOptionsRequest, {"options": []}),
        (CalculateOptionsRequest, {}),
        (CalculateOptionsRequest, {"options": [_OPTION | {"strike": 0}]}),
        (CalculateOptionsRequest, {"options": [_OPTION | {"rate": 1.5}]}),
        (CalculateOptionsRequest, {"options": [_OPTION | {"option_type": "CALL"}]}),
        (
            CalculateOptionsRequest,
            {"options": [_OPTION | {"option_type": "OPTION_TYPE_UNSPECIFIED"}]},
        ),
        (CalculateOptionsRequest, {"options": [_OPTION], "model": "PRICING_MODEL_BLACK76"}),
        (CalculateOptionsRequest, {"options": _OPTION}),
    ],
)
def test_a_body_fits_its_schema_exactly_when_it_is_accepted(kind: Any, value: Any) -> None:
    message = kind()
    try:
        read_json(message, value)
        accepted = not protovalidate.collect_violations(message)
    except RequestError:
        accepted = False
    assert fits(value, _SCHEMAS[kind.DESCRIPTOR.name]) == accepted


@pytest.mark.parametrize(
    ("path", "template"),
    [
        ("/api/data/products", "/api/data/products"),
        ("/api/data/underlying/NIFTY", "/api/data/underlying/{product}"),
        ("/api/data/chain/NIFTY", "/api/data/chain/{product}"),
        ("/api/data/underlying/GONE", "/api/data/underlying/{product}"),
        ("/api/data/underlying/NIFTY?page_size=x", "/api/data/underlying/{product}"),
        ("/api/data/underlying/NIFTY?page_size=-1", "/api/data/underlying/{product}"),
        ("/api/feed/status", "/api/feed/status"),
    ],
)
async def test_answers_and_failures_fit_what_is_documented(path: str, template: str) -> None:
    async with mesh() as edge:
        response = await edge.client.get(path)
        documented = _DOCUMENT["paths"][template]["get"]["responses"][str(response.status)]
        if "$ref" in documented:
            name = documented["$ref"].rpartition("/")[2]
            documented = _DOCUMENT["components"]["responses"][name]
        schema = documented["content"]["application/json"]["schema"]
        body = await json_of(response)
        assert fits(body, schema)
        assert not fits({"x": 1} if "message" in body else {}, schema)
        assert "X-Request-Id" in response.headers
        assert set(documented["headers"]) >= set(response.headers) & _DOCUMENTED_HEADERS


def test_names_that_two_services_share_tell_them_apart() -> None:
    assert {"FeedTickBatch", "EnrichmentTickBatch", "QuoteBatch"} <= set(_SCHEMAS)


def test_a_message_that_is_sent_and_answered_has_two_schemas() -> None:
    assert "iv_missing" in _SCHEMAS["OptionLeg"]["required"]
    assert "iv_missing" not in _SCHEMAS["OptionLegInput"]["required"]
    assert _SCHEMAS["OptionLegInput"]["additionalProperties"] is False


def field_with(rules: validate_pb2.FieldRules) -> FieldDescriptor:
    """Return a string field with these rules."""
    file = descriptor_pb2.FileDescriptorProto(name="rules_test.proto", syntax="proto3")
    file.dependency.append("buf/validate/validate.proto")
    field = file.message_type.add(name="Ruled").field.add(name="text", number=1, type=9, label=1)
    field.options.Extensions[validate_pb2.field].CopyFrom(rules)
    pool = descriptor_pool.DescriptorPool()
    for name in (
        "google/protobuf/descriptor.proto",
        "google/protobuf/duration.proto",
        "google/protobuf/timestamp.proto",
        "google/protobuf/field_mask.proto",
        "buf/validate/validate.proto",
    ):
        pool.AddSerializedFile(descriptor_pool.Default().FindFileByName(name).serialized_pb)
    pool.AddSerializedFile(file.SerializeToString())
    ruled: Descriptor = pool.FindMessageTypeByName("Ruled")
    assert message_factory.GetMessageClass(ruled)
    return ruled.fields_by_name["text"]


@pytest.mark.parametrize(
    "rules",
    [
        validate_pb2.FieldRules(string=validate_pb2.StringRules(uuid=True)),
        validate_pb2.FieldRules(cel=[validate_pb2.Rule(id="x", expression="true")]),
        validate_pb2.FieldRules(
            string=validate_pb2.StringRules(min_len=3),
            ignore=validate_pb2.IGNORE_IF_ZERO_VALUE,
        ),
    ],
)
def test_a_rule_that_a_schema_cannot_say_is_not_lost(rules: validate_pb2.FieldRules) -> None:
    with pytest.raises(UnknownRuleError):
        constraints_of(field_with(rules))


def test_check_notices_a_change(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "sub" / "api.json"
    assert main([str(file), "--check"]) == 1
    assert main([str(file)]) == 0
    assert main([str(file), "--check"]) == 0
    file.write_bytes(file.read_bytes().replace(b"DeltaStream", b"Other"))
    assert main([str(file), "--check"]) == 1
    assert "make gen" in capsys.readouterr().err


def test_check_says_so_when_the_contract_does_not_compile(tmp_path: Path) -> None:
    (tmp_path / "broken.proto").write_text("message {", encoding="utf-8")
    arguments = [str(tmp_path / "api.json"), "--proto", str(tmp_path)]
    assert main(arguments) == 1
    assert not (tmp_path / "api.json").exists()


def docs_client() -> TestClient[web.Request, web.Application]:
    app = web.Application()
    add_docs(app)
    return TestClient(TestServer(app))


@pytest.mark.parametrize("kind", ["openapi", "asyncapi"])
async def test_the_document_is_served(kind: str) -> None:
    async with docs_client() as client:
        response = await client.get(f"/api/{kind}.json")
        assert response.content_type == "application/json"
        assert await response.read() == document_file(kind).read_bytes()
        again = {"If-None-Match": response.headers["ETag"]}
        assert (await client.get(f"/api/{kind}.json", headers=again)).status == 304


async def test_the_page_loads_only_files_that_are_served_here() -> None:
    async with docs_client() as client:
        page = await (await client.get("/api/docs")).text()
        links = set(re.findall(r'(?:src|href)="([^"#]+)"', page)) - {"/favicon.svg"}
        assert {"/api/docs/docs.js", "/api/docs/docs.css"} <= links
        assert {"/api/openapi.json", "/api/asyncapi.json"} <= links
        scripts = [link for link in links if link.endswith(".js")]
        while scripts:
            response = await client.get(scripts.pop())
            assert response.status == 200
            assert response.content_type.endswith("/javascript")
            imported = re.findall(r"from '\./([^']+)'", await response.text())
            scripts.extend({f"/api/docs/{name}" for name in imported} - links)
            links |= {f"/api/docs/{name}" for name in imported}
        for link in links:
            assert (await client.get(link)).status == 200, link


async def test_the_page_needs_nothing_inline() -> None:
    async with docs_client() as client:
        page = await (await client.get("/api/docs")).text()
        assert "<style" not in page
        assert " style=" not in page
        assert not re.search(r"<script(?![^>]*\bsrc=)", page)
        assert not re.search(r"\son[a-z]+=", page)
        assert "//" not in page.replace("<!doctype", "")


def test_a_missing_document_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deltastream.edge.docs_page._GENERATED", Path("/nowhere"))
    with pytest.raises(FileNotFoundError, match="make gen"):
        document_file("openapi")
