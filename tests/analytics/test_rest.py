"""AnalyticsService as the edge offers it, without a route written for it."""

from tests.analytics.analytics_mesh import Mesh
from tests.edge.transcoder_mesh import json_of, transcoding
from tests.fixtures.chains import EXPIRY, chain, enriched


async def test_a_question_is_a_path_and_a_query(mesh: Mesh) -> None:
    await mesh.store.put_chains([enriched(chain())])
    async with transcoding(mesh.channel) as client:
        query = {"expiry": EXPIRY.isoformat(), "window_minutes": "15"}
        answer = await json_of(await client.get("/api/analytics/oi-buildup/NIFTY", params=query))
    assert answer["baseline"] == "BUILDUP_BASELINE_WINDOW_START"
    assert answer["missing"] == [
        {"field": "baseline_at", "reason": "MISSING_REASON_INSUFFICIENT_HISTORY"}
    ]
    assert [each["strike"] for each in answer["strikes"]] == [95.0, 100.0, 105.0]


async def test_a_batch_is_posted(mesh: Mesh) -> None:
    good = {"option_type": "OPTION_TYPE_CALL", "underlying": 100, "strike": 100,
            "years_to_expiry": 0.25, "price": 3.98776}  # fmt: skip
    bad = good | {"price": 101.0}
    async with transcoding(mesh.channel) as client:
        body = {"options": [good, bad]}
        answer = await json_of(await client.post("/api/analytics/calculate", json=body))
    computed, refused = answer["results"]
    assert round(computed["iv"], 5) == 0.2
    assert refused["missing"] == "MISSING_REASON_ABOVE_MAXIMUM"
    assert "iv" not in refused
